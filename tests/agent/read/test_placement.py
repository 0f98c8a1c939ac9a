"""Specification of which nodes a pod's labels allow."""

from typing import Any

import pytest

from parallax_agent.read.placement import REQUIRED, matching


def node(name: str, *, cordoned: bool = False, **labels: str) -> dict[str, Any]:
    """Return a node."""
    found = {key.replace("_", "-"): value for key, value in labels.items()}
    return {
        "metadata": {"name": name, "labels": found},
        "spec": {"unschedulable": cordoned},
    }


NODES = [node("a", disk="ssd", cpus="8"), node("b", disk="hdd"), node("c")]


def affinity(*expressions: dict[str, Any], field: str = "matchExpressions") -> Any:
    """Return a pod with one required term."""
    terms = [{field: list(expressions)}]
    required = {REQUIRED: {"nodeSelectorTerms": terms}}
    return {"spec": {"affinity": {"nodeAffinity": required}}}


def rule(key: str, operator: str, *values: str) -> dict[str, Any]:
    """Return one expression."""
    return {"key": key, "operator": operator, "values": list(values)}


@pytest.mark.parametrize(
    ("pod", "names"),
    [
        ({"spec": {}}, ("a", "b", "c")),
        ({"spec": {"nodeSelector": {"disk": "ssd"}}}, ("a",)),
        ({"spec": {"nodeSelector": {"disk": "nvme"}}}, ()),
        (affinity(rule("disk", "In", "ssd", "hdd")), ("a", "b")),
        (affinity(rule("disk", "NotIn", "ssd")), ("b", "c")),
        (affinity(rule("disk", "Exists")), ("a", "b")),
        (affinity(rule("disk", "DoesNotExist")), ("c",)),
        (affinity(rule("cpus", "Gt", "4")), ("a",)),
        (affinity(rule("cpus", "Lt", "4")), ()),
        (affinity(rule("disk", "Gt", "4")), ()),
        (affinity(rule("disk", "Exists"), rule("cpus", "Exists")), ("a",)),
        (affinity(rule("disk", "Like", "ssd")), ()),
        (affinity(), ()),
        (affinity(rule("metadata.name", "In", "b"), field="matchFields"), ("b",)),
    ],
)
def test_labels_must_fit(pod: Any, names: tuple[str, ...]) -> None:
    """Each expression of a term, as the scheduler reads it."""
    assert matching(pod, NODES) == names


def test_a_cordoned_control_plane_node_is_kept_free() -> None:
    """It never takes pods; another cordoned node would."""
    control = node("x", cordoned=True)
    control["metadata"]["labels"] = {"node-role.kubernetes.io/control-plane": ""}
    assert matching({"spec": {}}, [control, node("y", cordoned=True)]) == ("y",)
