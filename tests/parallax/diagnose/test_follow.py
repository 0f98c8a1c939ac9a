"""Specification of whom a failing share follows: `parallax.diagnose.follow`."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.diagnose.follow import follow
from parallax.diagnose.judge import judge
from parallax.model.judgement import Follow, FollowKind
from parallax.model.probe import Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s

V4, OTHER, V6 = "203.0.113.20", "198.51.100.9", "2001:db8::20"


def asked(*fared: tuple[str, bool]) -> Snapshot:
    """Return users who met addresses, and fared well there or not."""
    probes = tuple(
        s.probe(
            Role.REPEAT if n else Role.FIRST,
            s.SINCE,
            s.OK if well else s.LB_503,
            peer_address=where,
            request_id=f"r{n}",
        )
        for n, (where, well) in enumerate(fared)
    )
    run = ProbeRun(target=s.TARGET.name, started_at=s.SINCE, probes=probes)
    return replace(s.taken(s.run(s.LB_503)), run=run)


def told(snapshot: Snapshot) -> Follow:
    """Return whom it follows; there is somebody, or nobody is shown."""
    found = follow(snapshot)
    assert found
    return found


def test_one_address_of_two_is_told_with_its_counts() -> None:
    """Four failures at one, none of seven elsewhere."""
    found = told(asked(*[(OTHER, False)] * 4, *[(V4, True)] * 7))
    assert (found.kind, found.who) == (FollowKind.ADDRESS, (OTHER,))
    assert (found.failed, found.total, found.rest_failed, found.rest_total) == (
        (4, 4, 0, 7)
    )
    expected = f"4 of 4 requests at {OTHER} failed, none of 7 elsewhere"
    assert found.text == expected


def test_the_address_family_is_told_apart() -> None:
    """IPv6 fails and IPv4 does not."""
    found = told(asked(*[(V6, False)] * 4, *[(V4, True)] * 7))
    assert (found.kind, found.who) == (FollowKind.FAMILY, ("IPv6",))


def test_two_dead_addresses_of_one_family_are_the_family() -> None:
    """Both IPv6 addresses fail."""
    both = [(V6, False), ("2001:db8::21", False)] * 3
    assert told(asked(*both, *[(V4, True)] * 7)).who == ("IPv6",)


def test_the_replica_is_told_by_the_log() -> None:
    """All failing requests went through one pod of the ingress."""
    found = told(s.out_of_step())
    assert (found.kind, found.who) == (FollowKind.REPLICA, ("ingress-1",))
    assert judge(s.out_of_step()).symptom.follows == found


def test_one_pod_is_told_by_the_log() -> None:
    """Replicas and nodes mix; the upstream does not."""
    x = s.out_of_step()
    lines = tuple(
        replace(
            line,
            pod=f"ingress-{n % 2}",
            node=s.NODES[n % 2],
            upstream_address=f"10.0.0.11{4 if line.status_code == 503 else n % 4}:8080",
        )
        for n, line in enumerate(x.sightings)
    )
    found = told(replace(x, sightings=lines))
    assert (found.kind, found.who) == (FollowKind.POD, ("10.0.0.114:8080",))


def test_failures_that_never_reached_the_ingress_follow_nobody_behind_it() -> None:
    """The lines that are there must not speak for those that are not."""
    x = s.out_of_step()
    failing = [v for v in x.sightings if v.status_code == 503]
    rest = tuple(line for line in x.sightings if line is not failing[0])
    assert follow(replace(x, sightings=rest)) is None


def test_now_so_and_now_so_at_each_address_follows_nobody() -> None:
    """Both addresses fail now and then."""
    mixed = [(a, n % 2 == 0) for n in range(4) for a in (V4, OTHER)]
    found = told(asked(*mixed))
    assert found.kind is FollowKind.NOBODY
    assert found.text == "all 2 addresses fail intermittently (4 of 8 requests)"


def test_a_constant_failure_follows_nobody_by_definition() -> None:
    """There is nothing to compare; one address has no other."""
    assert follow(asked(*[(V4, False)] * 11)) is None
    assert follow(asked(*[(V4, False)] * 4, *[(V4, True)] * 7)) is None


def test_few_failures_are_chance() -> None:
    """Two of eleven at one of two addresses: too few to say."""
    assert follow(asked((OTHER, False), (OTHER, False), *[(V4, True)] * 3)) is None


@settings(deadline=None)
@given(
    places=st.lists(st.sampled_from([V4, OTHER, V6]), min_size=3, max_size=11),
    bad=st.sets(st.sampled_from([V4, OTHER, V6]), min_size=1, max_size=2),
)
def test_whom_it_names_failed_always_and_nobody_else_did(
    places: list[str], bad: set[str]
) -> None:
    """A named share is whole: all failures there, none elsewhere."""
    found = follow(asked(*[(place, place not in bad) for place in places]))
    if found and found.kind is not FollowKind.NOBODY:
        assert found.rest_failed == 0
        assert found.failed == sum(place in bad for place in places)
        assert found.failed + found.rest_total <= len(places)


def test_a_probe_that_never_left_counts_for_no_family() -> None:
    """A machine without a route for IPv6 says nothing of IPv6."""
    x = asked(*[(V4, False)] * 2, *[(V4, True)] * 2)
    assert x.run
    unsent: Probe = s.probe(
        Role.ADDRESS,
        s.SINCE,
        s.REFUSED,
        peer_address=V6,
        error_type="host_unreachable",
    )
    more = replace(x, run=replace(x.run, probes=(*x.run.probes, unsent)))
    assert follow(more) is None
