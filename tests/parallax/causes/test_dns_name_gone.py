"""Specification of `dns-name-gone`."""

from dataclasses import replace

import pytest

from parallax.causes.dns_name_gone import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import Answer, HopState
from parallax.model.probe import Resolution
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def with_resolutions(snapshot: Snapshot, *resolutions: Resolution) -> Snapshot:
    """Return the snapshot with these responses of name servers."""
    assert snapshot.run
    return replace(snapshot, run=replace(snapshot.run, resolutions=resolutions))


def test_a_name_that_nobody_knows_is_gone() -> None:
    """Resolvers and the zone agree; the steps find where the name ends."""
    x = e.no_name()
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    assert ask(CAUSE, x).evidence == (
        (
            "11 of 11 requests got no address of platform-api.keybuzz.io;"
            " 2 of 2 resolvers respond nxdomain"
        ),
        "1 of 1 queried name servers of the zone respond nxdomain",
    )
    assert judgement.path[0].state is HopState.FAULTY
    assert "2 of 2 resolvers respond nxdomain" in judgement.path[0].seen
    trace, restore = judgement.next_steps
    assert trace.command == "dig +trace platform-api.keybuzz.io A"
    assert "again to 203.0.113.20 of keybuzz-lb" in restore.text


def test_a_name_without_any_address_is_gone_too() -> None:
    """The name exists, and has neither an A nor an AAAA record."""
    assert judge(e.unnamed("no_address", "no_address", zone="no_address")).cause == (
        CAUSE.id
    )


@pytest.mark.parametrize("zone", ["no_zone", "timeout", "unreachable"])
def test_two_resolvers_suffice_without_the_zone(zone: str) -> None:
    """An expired domain has no zone that could respond."""
    assert judge(e.unnamed("nxdomain", "nxdomain", zone=zone)).cause == CAUSE.id


def test_one_resolver_needs_the_zone() -> None:
    """It may be at fault itself, as a filter or a private zone is."""
    assert answer(CAUSE, e.unnamed("nxdomain", zone="timeout")) is Answer.UNKNOWN
    assert answer(CAUSE, e.unnamed("nxdomain", zone="nxdomain")) is Answer.SUPPORTED


def test_a_resolver_that_does_not_respond_does_not_count() -> None:
    """Nothing is known without a name server that responded."""
    assert answer(CAUSE, e.unnamed("timeout", "nxdomain", zone="timeout")) is (
        Answer.UNKNOWN
    )
    assert answer(CAUSE, with_resolutions(e.no_name())) is Answer.UNKNOWN


def test_a_zone_that_has_the_name_again_means_waiting() -> None:
    """Resolvers keep the negative answer for its TTL."""
    x = e.no_name()
    assert x.run
    zone = Resolution(resolver="ns1", authoritative=True, addresses=(e.OWN,))
    x = with_resolutions(x, *x.run.resolutions[:2], zone)
    (step,) = judge(x).next_steps
    assert "keep the negative answer" in step.text
    assert (step.command or "").endswith(" platform-api.keybuzz.io SOA")


def test_a_name_that_resolves_is_not_gone() -> None:
    """A wrong address, or any failure after the name has resolved."""
    assert answer(CAUSE, e.stale_name()) is Answer.REFUTED
    assert answer(CAUSE, s.no_target()) is Answer.REFUTED


def test_a_zone_without_a_valid_answer_is_another_cause() -> None:
    """Resolvers respond servfail."""
    assert answer(CAUSE, e.broken_zone()) is Answer.REFUTED
