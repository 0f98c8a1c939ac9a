"""Specification of recoveries that a health check may have missed."""

from dataclasses import replace
from datetime import timedelta

from parallax.evidence.scene import Scene
from parallax.evidence.time import recovery_pending
from parallax.model.cluster import Endpoint
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

JUST_NOW = s.NOW - timedelta(seconds=6)


def changed(*endpoints: Endpoint) -> Snapshot:
    """Return an http check, and endpoints that changed just now."""
    found = s.checking("http", s.balancer(healthy=0))
    x = s.taken(s.run(s.LB_503, unknown_host=s.LB_503), found, *s.reports())
    return s.with_reading(x, endpoints=endpoints, endpoints_changed_at=JUST_NOW)


def test_a_pod_that_just_became_ready_may_not_be_noticed_yet() -> None:
    """An http check needs some successes first."""
    pod = Endpoint(address="10.42.0.7", port=8080, ready=True, node=s.NODES[0])
    assert "pods became ready" in (recovery_pending(Scene.of(changed(pod))) or "")


def test_endpoints_that_went_away_are_no_recovery() -> None:
    """Nothing is ready, so nothing became ready."""
    pod = Endpoint(address="10.42.0.7", port=8080, ready=True, node=s.NODES[0])
    assert recovery_pending(Scene.of(changed())) is None
    assert recovery_pending(Scene.of(changed(replace(pod, ready=False)))) is None
