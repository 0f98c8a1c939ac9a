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


def stateful_set(replicas: int) -> Object:
    """Return a StatefulSet whose pods the Service selects."""
    return {
        "metadata": meta("shop/web"),
        "spec": {"replicas": replicas, "template": {"metadata": {"labels": WEB}}},
    }


def test_a_stateful_set_is_a_workload() -> None:
    """Scaled to 0 it has no pod, and its selector is right nevertheless."""
    found = reading(statefulsets=[stateful_set(0)])
    assert found.unselected == ()
    assert found.workloads
    (work,) = found.workloads
    assert (work.kind, work.name, work.desired) == ("StatefulSet", "web", 0)


def test_without_the_right_to_read_one_kind_the_others_count() -> None:
    """A role of an earlier release has no StatefulSets: no workload is then unknown."""
    web = service("shop/web")
    web["spec"]["selector"] = WEB
    for known in ([deployment("web", WEB)], []):
        shelf = Shelf(services=[web], deployments=known)
        shelf.forbid("statefulsets", "shop")
        found = seen(shelf, namespace="shop", service="web").reading
        assert (found.workloads is None) is not known
        assert "cannot list statefulsets in namespace shop: 403 Forbidden" in (
            found.problems
        )


def test_only_reporters_of_a_large_cluster_list_events() -> None:
    """The others report no failure of the target, so they need no reason."""
    names = [f"node-{n:02}" for n in range(40)]
    nodes = [
        {
            "metadata": {"name": name},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]},
        }
        for name in names
    ]
    web = service("shop/web")
    web["spec"]["selector"] = WEB
    ingress_pods = service("in/controller")
    asked: dict[str, bool] = {}
    for name in names:
        shelf = Shelf(
            nodes=nodes,
            services=[web, ingress_pods],
            events=[event("Pod", "web-1", "Unhealthy", "refused")],
            pods=[pod("web-1")],
        )
        seen(
            shelf,
            node=name,
            namespace="shop",
            service="web",
            ingress_namespace="in",
            ingress_service="controller",
        )
        asked[name] = ("events", "shop") in shelf.asked
    assert sum(asked.values()) == 24
