"""Which objects and changes the writable API rejects."""

import copy
from typing import Any

import pytest

from lab.inside.kubernetes.writes.kinds import BUILT_IN, PROMETHEUS_OPERATOR, Kind
from lab.inside.kubernetes.writes.rules import problems

KINDS = {kind.name: kind for kind in (*BUILT_IN, *PROMETHEUS_OPERATOR)}
POD = {"containers": [{"name": "agent", "image": "agent:1"}]}


def daemon_set(**changes: Any) -> dict[str, Any]:
    """Return a DaemonSet that the API accepts, or one with another spec."""
    template = {"metadata": {"labels": {"app": "a"}}, "spec": POD}
    spec = {"selector": {"matchLabels": {"app": "a"}}, "template": template}
    return made("DaemonSet", "agent", spec=spec | changes)


def made(kind: str, name: str, **fields: Any) -> dict[str, Any]:
    """Return an object of a kind."""
    about = {"apiVersion": KINDS[kind].api_version, "kind": kind}
    return about | {"metadata": {"name": name}, **fields}


def of(item: dict[str, Any]) -> Kind:
    """Return the object's kind."""
    return KINDS[item["kind"]]


@pytest.mark.parametrize(
    "item",
    [
        daemon_set(),
        made("ConfigMap", "a.b-c", data={"x": "y"}),
        made("ClusterRole", "system:reader", rules=[]),
        made("ServiceMonitor", "a", spec={"anything": 1}),
    ],
    ids=lambda item: item["kind"],
)
def test_a_valid_object_is_accepted(item: dict[str, Any]) -> None:
    """Kinds of an operator have no schema here."""
    assert problems(of(item), item, None) == []
    assert problems(of(item), item, item) == []


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        (made("ConfigMap", "A", data={}), "metadata.name"),
        (made("ConfigMap", "a", dta={}), "dta"),
        (made("ConfigMap", "a", data={"x": 1}), "data.x"),
        (daemon_set(updateStrategy={"type": 1}), "updateStrategy.type"),
        (daemon_set(selector={"matchLabels": {"app": "b"}}), "does not match"),
    ],
)
def test_an_invalid_object_is_rejected(item: dict[str, Any], problem: str) -> None:
    """The cause names the field."""
    assert problem in "; ".join(problems(of(item), item, None))


@pytest.mark.parametrize("label", [("bad label", "x"), ("app", "a b"), ("app", "-a")])
def test_a_label_has_a_form(label: tuple[str, str]) -> None:
    """Key and value, also of the pods."""
    item = daemon_set()
    key, value = label
    for labels in (item["metadata"], item["spec"]["template"]["metadata"]):
        changed = labels.setdefault("labels", {})
        changed[key] = value
    found = [p for p in problems(of(item), item, None) if f"{key}={value!r}" in p]
    assert len(found) == 2


def test_what_cannot_change_is_compared_with_the_stored_object() -> None:
    """A DaemonSet's selector, and the role of a binding."""
    before = daemon_set()
    after = copy.deepcopy(before)
    after["spec"]["template"]["metadata"]["labels"]["x"] = "y"
    assert problems(of(after), after, before) == []
    after["spec"]["selector"]["matchLabels"]["x"] = "y"
    assert problems(of(after), after, None) == []
    (cause,) = problems(of(after), after, before)
    assert cause == "spec.selector: Invalid value: field is immutable"
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "a"}
    binding = made("ClusterRoleBinding", "a", roleRef=role)
    other = made("ClusterRoleBinding", "a", roleRef=role | {"name": "b"})
    assert "immutable" in str(problems(of(other), other, binding))
