"""Placement: which nodes a pod's node selector and required affinity allow.

In: a Pod and the Nodes as the API documents them. Out: the names of the nodes.
It does not: look at taints, cordons or resources, which the scheduler names itself.
Source: Kubernetes, component-helpers/scheduling/corev1/nodeaffinity: terms are
alternatives, the expressions of one term must all hold.
"""

from collections.abc import Callable, Iterable

from parallax.model.wire import Json
from parallax_agent.watch.objects import many, name_of, part

type Labels = dict[str, Json]
type Term = dict[str, Json]

MOST = 5
CONTROL_PLANE = {
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
}
ROLE = "kubernetes.io/role"
"""The label that some installers set instead."""
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def matching(pod: Json, nodes: Iterable[Json]) -> tuple[str, ...]:
    """Return the nodes that the pod may be on by their labels, at most `MOST`.

    A cordoned control-plane node is left out: it never takes pods, whatever they allow.
    """
    allowed = (n for n in nodes if _allows(pod, n) and not _is_kept_free(n))
    return tuple(sorted(map(name_of, allowed))[:MOST])


def _is_kept_free(node: Json) -> bool:
    labels = part(node, "metadata", "labels")
    controls = CONTROL_PLANE & labels.keys() or labels.get(ROLE) == "master"
    return bool(controls and part(node, "spec").get("unschedulable"))


def _allows(pod: Json, node: Json) -> bool:
    labels = part(node, "metadata", "labels")
    if part(pod, "spec", "nodeSelector").items() - labels.items():
        return False
    required = part(pod, "spec", "affinity", "nodeAffinity", REQUIRED)
    terms = many(required, "nodeSelectorTerms")
    return not required or any(_holds(term, name_of(node), labels) for term in terms)


def _holds(term: Term, name: str, labels: Labels) -> bool:
    expressions, fields = many(term, "matchExpressions"), many(term, "matchFields")
    own: Labels = {"metadata.name": name}
    return bool(expressions or fields) and all(
        [
            *(fits(expression, labels) for expression in expressions),
            *(fits(expression, own) for expression in fields),
        ]
    )


def fits(expression: Term, labels: Labels) -> bool:
    """Return whether labels satisfy an expression of a selector."""
    key, values = str(expression.get("key")), many(expression, "values")
    value = labels.get(key)
    rules: dict[str, Callable[[], bool]] = {
        "In": lambda: value in values,
        "NotIn": lambda: value not in values,
        "Exists": lambda: key in labels,
        "DoesNotExist": lambda: key not in labels,
        "Gt": lambda: value is not None and int(value) > int(values[0]),
        "Lt": lambda: value is not None and int(value) < int(values[0]),
    }
    try:
        return rules[str(expression.get("operator"))]()
    except (KeyError, ValueError, IndexError):
        return False
