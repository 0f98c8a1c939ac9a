"""Specification of what the agents report: `parallax.evidence.inside`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.evidence import inside, pods
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

MINUTES = timedelta(minutes=5)


def silent(x: Snapshot) -> Snapshot:
    """Return agents that reported minutes ago."""
    reports = tuple(
        replace(r, sent_at=r.sent_at - MINUTES, received_at=r.sent_at - MINUTES)
        for r in x.reports
    )
    return replace(x, reports=reports)


def without_reading(x: Snapshot) -> Snapshot:
    """Remove the reading of the Kubernetes API."""
    return replace(x, reports=tuple(replace(r, reading=None) for r in x.reports))


def outside_only(x: Snapshot) -> Snapshot:
    """Remove the cluster from the target."""
    reached = replace(x.target.reached, cluster=None)
    return replace(x, target=replace(x.target, reached=reached), reports=())


@pytest.mark.parametrize(
    ("without", "why"),
    [
        (outside_only, "the target's configuration names no cluster"),
        (lambda x: replace(x, reports=()), "no agent has reported"),
        (silent, "all 5 agents stopped reporting"),
        (without_reading, "no agent has reported since the failure began"),
    ],
)
def test_without_a_reading_of_the_cluster_the_reason_is_told(
    without: Callable[[Snapshot], Snapshot], why: str
) -> None:
    """Everything that needs it is missing for the same reason."""
    scene = Scene.of(without(s.wrong_port()))
    with pytest.raises(Missing, match=why):
        inside.cluster(scene)
    assert pods.endpoints.lacks(scene) == (f"a reading of the cluster ({why})",)
    assert why in inside.ingress_service.lacks(scene)[0]
    assert pods.known_endpoints(scene) == ()


def test_what_the_cluster_has_is_read_and_what_it_did_not_say_is_missing() -> None:
    """No EndpointSlice is an outage; EndpointSlices that were not read are not."""
    x = s.wrong_port()
    scene = Scene.of(x)
    assert inside.cluster(scene) is scene.cluster
    assert len(pods.endpoints(scene)) == len(s.NODES)
    assert pods.endpoints(Scene.of(s.with_reading(x, endpoints=()))) == ()
    unread = Scene.of(s.with_reading(x, endpoints=None, problems=("403 Forbidden",)))
    assert pods.endpoints.lacks(unread) == (
        "the Service's EndpointSlices (403 Forbidden)",
    )
    nameless = Scene.of(s.with_reading(x, ingress_service=None))
    assert inside.ingress_service.lacks(nameless) == (
        "a reading of the ingress Service",
    )
