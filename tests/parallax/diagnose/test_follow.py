"""Specification of what failures follow: `parallax.diagnose.follow`."""

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
    """Return user requests with their addresses and results."""
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


def result_of(snapshot: Snapshot) -> Follow:
    """Return what the failures follow; there is a result."""
    found = follow(snapshot)
    assert found
    return found


def test_one_address_of_two_has_its_counts() -> None:
    """Four failures at one, none of seven elsewhere."""
    found = result_of(asked(*[(OTHER, False)] * 4, *[(V4, True)] * 7))
    assert (found.kind, found.who) == (FollowKind.ADDRESS, (OTHER,))
    assert (found.failed, found.total, found.rest_failed, found.rest_total) == (
        (4, 4, 0, 7)
    )
    expected = f"4 of 4 requests at {OTHER} failed, none of 7 elsewhere"
    assert found.text == expected


def test_failures_follow_the_address_family() -> None:
    """IPv6 fails and IPv4 does not."""
    found = result_of(asked(*[(V6, False)] * 4, *[(V4, True)] * 7))
    assert (found.kind, found.who) == (FollowKind.FAMILY, ("IPv6",))


def test_failures_of_both_addresses_follow_their_family() -> None:
    """Both IPv6 addresses fail."""
    both = [(V6, False), ("2001:db8::21", False)] * 3
    assert result_of(asked(*both, *[(V4, True)] * 7)).who == ("IPv6",)


def test_the_log_shows_the_replica() -> None:
    """All failing requests went through one pod of the ingress."""
    found = result_of(s.out_of_step())
    assert (found.kind, found.who) == (FollowKind.REPLICA, ("ingress-1",))
    assert judge(s.out_of_step()).symptom.follows == found


def test_the_log_shows_the_pod() -> None:
    """Replicas and nodes are mixed; the upstream is always the same."""
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
    found = result_of(replace(x, sightings=lines))
    assert (found.kind, found.who) == (FollowKind.POD, ("10.0.0.114:8080",))


def test_failures_before_the_ingress_follow_no_place_behind_it() -> None:
    """Existing log lines prove nothing about missing ones."""
    x = s.out_of_step()
    failing = [v for v in x.sightings if v.status_code == 503]
    rest = tuple(line for line in x.sightings if line is not failing[0])
    assert follow(replace(x, sightings=rest)) is None


def test_intermittent_failures_at_each_address_follow_none() -> None:
    """Both addresses fail intermittently."""
    mixed = [(a, n % 2 == 0) for n in range(4) for a in (V4, OTHER)]
    found = result_of(asked(*mixed))
    assert found.kind is FollowKind.NOBODY
    assert found.text == "all 2 addresses fail intermittently (4 of 8 requests)"


def test_a_constant_failure_follows_no_place() -> None:
    """There is nothing to compare with."""
    assert follow(asked(*[(V4, False)] * 11)) is None
    assert follow(asked(*[(V4, False)] * 4, *[(V4, True)] * 7)) is None


def test_few_failures_are_chance() -> None:
    """Two of eleven at one of two addresses: too few."""
    assert follow(asked((OTHER, False), (OTHER, False), *[(V4, True)] * 3)) is None


@settings(deadline=None)
@given(
    places=st.lists(st.sampled_from([V4, OTHER, V6]), min_size=3, max_size=11),
    bad=st.sets(st.sampled_from([V4, OTHER, V6]), min_size=1, max_size=2),
)
def test_all_requests_at_the_named_places_failed_and_no_others(
    places: list[str], bad: set[str]
) -> None:
    """All failures are there, none elsewhere."""
    found = follow(asked(*[(place, place not in bad) for place in places]))
    if found and found.kind is not FollowKind.NOBODY:
        assert found.rest_failed == 0
        assert found.failed == sum(place in bad for place in places)
        assert found.failed + found.rest_total <= len(places)


def test_a_probe_that_was_not_sent_counts_for_no_family() -> None:
    """A machine without a route for IPv6 proves nothing about IPv6."""
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
