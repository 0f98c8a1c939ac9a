"""Specification of places: one object has one name from every target's view."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from parallax.causes import CAUSES, Cause
from parallax.diagnose.judge import judge
from parallax.model.judgement import Class, Judgement
from parallax.model.place import Place, PlaceKind
from parallax.model.probe import Certificate
from parallax.model.snapshot import Snapshot
from parallax.model.target import NO_BALANCER, Reached, Target
from parallax.model.zone import Zone
from parallax.story import places as module
from parallax.story.places import blamed, is_of_one_host, places
from tests.parallax import scenarios as s

UNNAMED = replace(s.TARGET, name="other", reached=Reached(cluster="keybuzz"))


def of_kind(kind: PlaceKind, target: Target, snapshot: Snapshot | None = None) -> str:
    """Return the name of a target's place of this kind."""
    (name,) = [p.name for p in places(target, snapshot) if p.kind is kind]
    return name


def seen_as(target: Target, snapshot: Snapshot) -> tuple[Judgement, Snapshot]:
    """Return the snapshot of another target on the same path, and its judgement."""
    same = replace(snapshot, target=target)
    return judge(snapshot), same


@pytest.mark.parametrize(
    "kind", [PlaceKind.LOAD_BALANCER, PlaceKind.INGRESS, PlaceKind.SERVICE]
)
def test_what_one_entry_names_another_snapshot_finds(kind: PlaceKind) -> None:
    """The balancer by its address, ingress and Service by the agents."""
    read = s.service("ingress-nginx-controller", 80, 31695, "http")
    ingress = replace(read, namespace="ingress-nginx")
    snapshot = s.with_reading(s.wrong_port(), ingress_service=ingress)
    assert of_kind(kind, UNNAMED, snapshot) == of_kind(kind, s.TARGET)


@pytest.mark.parametrize("scenario", [s.wrong_port, s.pod_error])
def test_a_fault_has_the_same_place_for_both(scenario: Callable[[], Snapshot]) -> None:
    """For a target with a full entry, and for one with nearly none."""
    snapshot = scenario()
    judgement, other = seen_as(UNNAMED, snapshot)
    assert blamed(judgement, other) == blamed(judgement, snapshot)
    assert blamed(judgement, snapshot).kind is not PlaceKind.TARGET


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.id)
def test_each_cause_blames_an_object_that_targets_share(cause: Cause) -> None:
    """With a full entry no cause falls back to the target."""
    judgement = replace(judge(s.healthy()), cause=cause.id, hop=cause.hop)
    shown = Certificate(subject="CN=a", issuer="CA", not_after=s.NOW)
    run = replace(s.run(s.OK), probes=(replace(s.run(s.OK).first, certificate=shown),))
    snapshot = replace(s.healthy(), run=run)
    assert blamed(judgement, snapshot).kind is not PlaceKind.TARGET


def test_the_lists_name_causes_that_exist() -> None:
    """A renamed cause is renamed here too."""
    known = {cause.id for cause in CAUSES}
    assert known >= module.OF_ONE_HOST
    assert known >= module.ELSEWHERE.keys()


def test_without_a_cause_the_balancer_counts_then_the_cluster_then_the_zone() -> None:
    """An address has no zone: the target stands for itself."""
    judgement = judge(replace(s.wrong_port(), reports=(), balancer=None, sightings=()))
    assert judgement.hop is None

    def at(target: Target) -> Place:
        return blamed(judgement, Snapshot(target=target, taken_at=s.NOW))

    assert at(s.TARGET).kind is PlaceKind.LOAD_BALANCER
    bare = replace(s.TARGET, reached=Reached(load_balancer=NO_BALANCER, cluster="k"))
    assert at(bare) == Place(kind=PlaceKind.CLUSTER, name="k")
    alone = replace(s.TARGET, reached=Reached())
    assert at(alone) == Place(kind=PlaceKind.ZONE, name="keybuzz.io")
    address = replace(alone, url="https://203.0.113.7/")
    assert at(address) == Place(kind=PlaceKind.TARGET, name=s.TARGET.name)


def test_a_project_belongs_to_the_name_of_its_balancer() -> None:
    """Two projects may each have a balancer with one name."""
    reached = replace(s.TARGET.reached, project="blue")
    target = replace(s.TARGET, reached=reached)
    assert of_kind(PlaceKind.LOAD_BALANCER, target) == "keybuzz-lb (blue)"


def test_a_zone_at_hetzner_is_named_as_there() -> None:
    """It may be a part of a domain that is delegated."""
    read = replace(s.balancer(), zone=Zone(name="dev.keybuzz.io"))
    snapshot = replace(s.wrong_port(), balancer=read)
    assert of_kind(PlaceKind.ZONE, s.TARGET, snapshot) == "dev.keybuzz.io"
    assert of_kind(PlaceKind.ZONE, s.TARGET) == "keybuzz.io"


def test_a_certificate_without_a_subject_has_its_first_name() -> None:
    """Certificates that are valid for six days have none."""
    shown = Certificate(
        subject="", issuer="CA", not_after=s.NOW, names=("b.example", "a.example")
    )
    run = replace(s.run(s.OK), probes=(replace(s.run(s.OK).first, certificate=shown),))
    snapshot = replace(s.healthy(), run=run)
    name = of_kind(PlaceKind.CERTIFICATE, s.TARGET, snapshot)
    assert name == "a.example until 2025-11-20"


def test_parallax_itself_is_a_place_of_its_own() -> None:
    """All targets of a cluster share its agents."""
    judgement = replace(judge(s.healthy()), cause="agent-silent", class_=Class.MONITOR)
    place = blamed(judgement, s.healthy())
    assert place == Place(kind=PlaceKind.MONITOR, name="keybuzz/agent")


def test_a_missing_rule_is_of_one_host_and_a_dead_balancer_of_all() -> None:
    """Two hosts that lose their rules are two faults at one controller."""
    assert is_of_one_host("ingress-has-no-rule-for-path")
    assert not is_of_one_host("lb-no-target")
