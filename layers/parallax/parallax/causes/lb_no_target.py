"""The load balancer has no target at all.

Meaning: nobody stands behind the balancer: no server was ever added, the last one was
removed, or its label selector matches no server any more.

Impact: each request gets 503 from the balancer itself (an empty reply on a tcp
service), on every port and for every host. Everything inside works.

Diagnosis: the API, read since the failure began, shows no target and no server behind a
label selector; what users get was written by the balancer itself. A health check has
nothing to say here, and so `lb-no-healthy-target` is ruled out.

Neighbors: with targets that are no nodes it is `lb-targets-not-the-ingress-nodes`, with
unhealthy ones `lb-no-healthy-target` or one of those that say why; without even a
service on the port `lb-no-service-for-port`.

Mitigation: add the nodes as targets, or label the servers as the selector wants them.
Where hcloud-cloud-controller-manager keeps the targets, look at the nodes' label
`node.kubernetes.io/exclude-from-external-load-balancers`.

Source: reference hetzner.md, sections 1, 3 and 4. Commands: hetznercloud/cli,
`internal/cmd/loadbalancer/add_target.go`, `internal/cmd/server`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import answers, balancer, nodes, users
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.model.balancer import LoadBalancer
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "lb-no-target"


def assess(scene: Scene) -> Assessment:
    """Ask whether nobody stands behind the balancer."""
    balancer.service(scene)
    lb = balancer.load_balancer(scene)
    if count := len(tuple(lb.leaves())):
        return refuted(ID, f"{lb.name} has {count} targets")
    state = _empty(lb)
    with evidence_so_far(state):
        users.failed(scene)
        if passed := answers.request_passed(scene):
            raise Missing(f"how a request got through: {passed}")
        return supported(ID, state, answers.own_response(scene))


def _selectors(lb: LoadBalancer) -> list[str]:
    return [t.selector for t in lb.targets if t.selector]


def _empty(lb: LoadBalancer) -> str:
    selectors = _selectors(lb)
    if not selectors:
        return f"{lb.name} has no target at all"
    return f"{lb.name}: no server has the label {' or '.join(selectors)}"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to put the nodes behind the balancer."""
    lb = balancer.load_balancer(scene)
    names = [quote(node.name) for node in nodes.all_nodes.maybe(scene) or ()]
    selectors = _selectors(lb)
    first = _label(selectors[0], names) if selectors else _add(lb, names or ["NODE"])
    kept = NextStep(
        text="If the cloud controller keeps the targets, see which nodes it skips.",
        command="kubectl get nodes"
        " -l node.kubernetes.io/exclude-from-external-load-balancers",
    )
    look = NextStep(
        text="See the targets, and that they become healthy.",
        command=f"hcloud load-balancer describe {quote(lb.name)}",
    )
    return first, kept, look


def _add(lb: LoadBalancer, names: list[str]) -> NextStep:
    private = " --use-private-ip" if lb.private_ips else ""
    return NextStep(
        text="Add the nodes as targets (leave out those that serve no traffic).",
        command=f"for node in {' '.join(names)}; do hcloud load-balancer add-target"
        f' {quote(lb.name)} --server "$node"{private}; done',
    )


def _label(selector: str, names: list[str]) -> NextStep:
    """Return the step for a selector: label the nodes if it is a plain `key=value`."""
    key, _, value = selector.partition("=")
    if not names or not value or set("!,=() ") & set(key + value):
        return NextStep(
            text=f"See which servers there are; none has the label {selector}.",
            command="hcloud server list -o columns=name,status,labels",
        )
    return NextStep(
        text=f"Give the nodes the label {selector} (leave out those that serve no"
        " traffic).",
        command=f"for node in {' '.join(names)}; do hcloud server add-label"
        f' "$node" {quote(selector)}; done',
    )


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer has no target at all",
    assess=assess,
    next_steps=next_steps,
)
