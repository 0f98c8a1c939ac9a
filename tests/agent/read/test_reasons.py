"""Specification of what is read about why a target has no ready pod."""

from datetime import timedelta
from typing import Any

from parallax.model.cluster import ClusterReading, Unselected, Warned
from tests.agent.shapes import NOW, Object, Shelf, meta, seen, service, slices

WEB = {"app": "web", "tier": "front"}


def event(
    kind: str, name: str, reason: str, message: str, minutes: float = 1
) -> Object:
    """Return a Warning event."""
    at = NOW - timedelta(minutes=minutes)
    return {
        "metadata": meta(f"shop/{name}.{reason}.{minutes}"),
        "type": "Warning",
        "involvedObject": {"kind": kind, "name": name},
        "reason": reason,
        "message": message,
        "lastTimestamp": at.isoformat(),
    }


def deployment(name: str, labels: dict[str, str]) -> Object:
    """Return a Deployment whose pods have these labels."""
    return {
        "metadata": meta(f"shop/{name}"),
        "spec": {"replicas": 1, "template": {"metadata": {"labels": labels}}},
    }


def reading(*events: Object, **objects: Any) -> ClusterReading:
    """Read the Service web of namespace shop."""
    web = service("shop/web")
    web["spec"]["selector"] = WEB
    shelf = Shelf(services=[web], events=list(events), **objects)
    return seen(shelf, namespace="shop", service="web").reading


def pod(name: str) -> Object:
    """Return a pod of the Service that has no node."""
    return {
        "metadata": meta(f"shop/{name}") | {"labels": WEB},
        "spec": {},
        "status": {"phase": "Pending"},
    }


def test_the_newest_event_of_each_kind_is_read() -> None:
    """Of the target's own pods and workloads, and of the last minutes."""
    old = event("Pod", "web-1", "FailedScheduling", "0/2 nodes are available", 5)
    new = event("Pod", "web-1", "FailedScheduling", "0/3 nodes are available", 1)
    past = event("Pod", "web-1", "FailedMount", "timed out", 50)
    other = event("Pod", "db-1", "BackOff", "restarting")
    owner = event("ReplicaSet", "web-7c9", "FailedCreate", "exceeded quota")
    found = reading(
        new,
        old,
        past,
        other,
        owner,
        pods=[pod("web-1")],
        deployments=[deployment("web", WEB)],
    )
    assert found.events == (
        Warned(
            kind="Pod",
            name="web-1",
            reason="FailedScheduling",
            message="0/3 nodes are available",
        ),
        Warned(
            kind="ReplicaSet",
            name="web-7c9",
            reason="FailedCreate",
            message="exceeded quota",
        ),
    )


def test_events_are_not_read_while_a_pod_is_ready() -> None:
    """Most targets never cost a request."""
    shelf = Shelf(services=[service("shop/web")])
    shelf.objects["endpointslices"] = [slices("shop/web", "10.42.0.7")]
    found = seen(shelf, namespace="shop", service="web").reading
    assert found.events is None
    assert found.unselected is None
    assert ("events", "shop") not in shelf.asked


def test_a_missing_permission_is_unknown_and_a_problem() -> None:
    """Not the same as no event."""
    shelf = Shelf(services=[service("shop/web")])
    shelf.objects["services"][0]["spec"]["selector"] = WEB
    shelf.forbid("events", "shop")
    found = seen(shelf, namespace="shop", service="web").reading
    assert found.events is None
    assert "cannot list events in namespace shop: 403 Forbidden" in found.problems


def test_what_comes_near_to_a_selector_is_read() -> None:
    """With the labels that differ; an unrelated workload is left out."""
    found = reading(
        deployments=[
            deployment("web", {"app": "web", "tier": "fornt", "x": "1"}),
            deployment("mail", {"app": "smtp"}),
        ]
    )
    assert found.unselected == (
        Unselected(
            kind="Deployment", name="web", labels=(("app", "web"), ("tier", "fornt"))
        ),
    )


def test_a_selector_that_a_workload_fits_is_right() -> None:
    """Its pods are missing for another reason."""
    assert reading(deployments=[deployment("web", WEB)]).unselected == ()
