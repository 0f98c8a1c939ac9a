"""Specification of `dns-zone-broken`."""

from dataclasses import replace

from parallax.causes.dns_zone_broken import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import Resolution, Role
from tests.parallax import edge as e
from tests.parallax.assessed import answer


def test_resolvers_without_a_valid_answer_show_a_broken_zone() -> None:
    """The steps distinguish DNSSEC from the delegation."""
    x = e.broken_zone()
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    assert ask(CAUSE, x).evidence[0].endswith("2 of 2 resolvers respond servfail")
    signed, lame, hetzner = judgement.next_steps
    assert "+cd platform-api.keybuzz.io A" in (signed.command or "")
    trace, _, each = (lame.command or "").partition("; ")
    assert trace == "dig +trace +nodnssec platform-api.keybuzz.io A"
    assert each.startswith("dig @NAMESERVER platform-api.keybuzz.io A +norecurse ")
    assert "+comments" in each  # The flags, which +trace does not print.
    assert hetzner.command == "hcloud zone describe keybuzz.io"


def test_a_zone_that_has_the_record_points_to_its_signatures() -> None:
    """Its own server returns the address, and resolvers do not accept it."""
    x = e.broken_zone()
    assert x.run
    zone = Resolution(resolver="ns1", authoritative=True, addresses=(e.OWN,))
    run = replace(x.run, resolutions=(*x.run.resolutions[:2], zone))
    assert "(DNSSEC) or the delegation" in ask(CAUSE, replace(x, run=run)).evidence[1]


def test_one_resolver_alone_may_be_at_fault_itself() -> None:
    """Two must agree; as many that report a missing name leave it open."""
    for answers in (("servfail",), ("servfail", "timeout")):
        assert judge(e.unnamed(*answers, zone="timeout")).cause == NOT_ESTABLISHED
    mixed = e.unnamed("servfail", "servfail", "nxdomain", "nxdomain", zone="servfail")
    assert answer(CAUSE, mixed) is Answer.UNKNOWN


def test_nobody_who_responds_shows_it_only_if_another_name_resolves() -> None:
    """Without a name that resolves, the monitor's own network may fail."""
    x = e.unnamed("timeout", "timeout", zone="timeout")
    assert answer(CAUSE, x) is Answer.SUPPORTED
    assert x.run
    kept = tuple(p for p in x.run.probes if p.role is not Role.CONTROL)
    alone = replace(x, run=replace(x.run, probes=kept))
    assert answer(CAUSE, alone) is Answer.UNKNOWN


def test_a_missing_name_and_a_name_that_resolves_refute_it() -> None:
    """The zone responded, in both cases."""
    assert answer(CAUSE, e.no_name()) is Answer.REFUTED
    assert answer(CAUSE, e.stale_name()) is Answer.REFUTED
