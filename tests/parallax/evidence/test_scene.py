"""Specification of a scene: `parallax.evidence.scene`."""

from dataclasses import replace
from unittest.mock import patch

import pytest

from parallax.diagnose import judge
from parallax.evidence.scene import Scene
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

VIEWS = ("outside", "load_balancer", "live_reports", "cluster", "turned_at")


@pytest.mark.parametrize("cause", s.FAULTS)
def test_a_scene_shows_what_its_snapshot_shows(cause: str) -> None:
    """Every field and every fresh view is the same, in the same order."""
    snapshot = s.FAULTS[cause]()
    scene = Scene.of(snapshot)
    for name in (*Snapshot.__dataclass_fields__, *VIEWS):
        assert getattr(scene, name) == getattr(snapshot, name)
    for roles in ((), (Role.POD,), (Role.INGRESS_OTHER, Role.POD), tuple(Role)):
        assert scene.inside(*roles) == snapshot.inside(*roles)
    asked = snapshot.run.probes if snapshot.run else ()
    assert scene.sightings_of(*asked) == snapshot.sightings_of(*asked)
    assert scene.sightings_of(*asked[1:3]) == snapshot.sightings_of(*asked[1:3])


def test_the_scene_of_a_scene_is_itself() -> None:
    """A scene is returned unchanged."""
    scene = Scene.of(s.FAULTS["lb-no-target"]())
    assert Scene.of(scene) is scene


def test_a_changed_scene_remembers_nothing() -> None:
    """A copy with another field is read again."""
    scene = Scene.of(s.FAULTS["lb-no-target"]())
    assert scene.load_balancer
    assert replace(scene, balancer=None).load_balancer is None


@pytest.mark.parametrize("view", ["live_reports", "cluster", "load_balancer"])
def test_a_judgement_takes_each_view_once(view: str) -> None:
    """27 causes, the path and the symptom share one reading."""
    taken: list[Snapshot] = []
    taking = getattr(Snapshot, view).fget

    def counted(snapshot: Snapshot) -> object:
        taken.append(snapshot)
        return taking(snapshot)

    with patch.object(Snapshot, view, property(counted)):
        judge(s.FAULTS["lb-health-check-wrong-port"]())
    assert len(taken) == 1


def test_the_probes_are_placed_in_time_once() -> None:
    """Probes are indexed once, for any number of calls and roles."""
    with patch.object(Snapshot, "inside", autospec=True, return_value=()) as inside:
        judge(s.FAULTS["lb-health-check-wrong-port"]())
    assert inside.call_count == 1
