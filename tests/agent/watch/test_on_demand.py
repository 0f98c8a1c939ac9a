"""Specification of the lists on demand: bounded, filtered, rarely sent."""

import json
from contextlib import closing
from pathlib import Path

from parallax_agent.watch.connection import connect
from parallax_agent.watch.on_demand import FRESH_SECONDS, MOST, OnDemand
from tests.agent.conftest import KubernetesServer


def test_a_namespace_is_listed_once_a_minute(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """The server filters, and sends at most `MOST`; other fields are not kept."""
    event = {
        "metadata": {"name": "web-1.17", "namespace": "shop"},
        "type": "Warning",
        "involvedObject": {"kind": "Pod", "name": "web-1", "uid": "7"},
        "reason": "Unhealthy",
        "message": "Readiness probe failed: refused",
        "lastTimestamp": "2026-11-30T12:00:00Z",
    }
    normal = event | {"type": "Normal"}
    kubernetes_api.replaced["events"] = {"items": [event, normal]}
    times = iter((0.0, 1.0, FRESH_SECONDS / 2, FRESH_SECONDS + 2, FRESH_SECONDS + 3))
    with closing(connect(kubernetes_api.kubeconfig(tmp_path))) as apis:
        warnings = OnDemand(apis, now=lambda: next(times))
        first, again = warnings.of("events", "shop"), warnings.of("events", "shop")
        assert first is again
        kept = {"kind": "Pod", "name": "web-1"}
        assert first.items == [
            {
                "involvedObject": kept,
                "reason": event["reason"],
                "message": event["message"],
                "lastTimestamp": event["lastTimestamp"],
            }
        ]
        assert warnings.of("events", "shop") is not first
    paths = [path for _, path in kubernetes_api.requests]
    assert len(paths) == 2
    assert paths[0].startswith("/api/v1/namespaces/shop/events?")
    assert f"limit={MOST}" in paths[0]
    assert "type%3DWarning" in paths[0]


def test_a_missing_permission_is_a_problem(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """It is not asked again before the minute is over."""
    kubernetes_api.errors["events"] = 403
    with closing(connect(kubernetes_api.kubeconfig(tmp_path))) as apis:
        warnings = OnDemand(apis)
        listed = warnings.of("events", "shop")
        assert warnings.of("events", "shop") is listed
    assert listed.items is None
    assert listed.problem.startswith("cannot list events in namespace shop: 403")
    assert len(kubernetes_api.requests) == 1


def test_volumes_are_read_all_or_not_at_all(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """That no volume fits can only be said of all volumes; events may be cut."""
    item = {"metadata": {"name": "one"}, "type": "Warning"}
    for kind in ("events", "persistentvolumes"):
        kubernetes_api.replaced[kind] = {"items": [item] * (MOST + 1)}
    with closing(connect(kubernetes_api.kubeconfig(tmp_path))) as apis:
        lists = OnDemand(apis)
        assert len(lists.of("events", None).items or ()) == MOST
        listed = lists.of("persistentvolumes", None)
    assert listed.items is None
    assert listed.problem == f"cannot list persistentvolumes: more than {MOST}"


def test_a_malformed_list_is_a_problem(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """It does not stop the cycle."""
    kubernetes_api.replaced["events"] = {"items": []}
    kubernetes_api.body = lambda _: json.loads('{"items": []}')  # type: ignore[method-assign]
    with closing(connect(kubernetes_api.kubeconfig(tmp_path))) as apis:
        assert OnDemand(apis).of("events", "shop").items == []
