"""Specification of `dns-resolvers-disagree`."""

from dataclasses import replace

from parallax.causes import dns_stale_address
from parallax.causes.dns_resolvers_disagree import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.evidence.scene import Scene
from parallax.model.judgement import Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s


def both(snapshot: Snapshot) -> tuple[Answer, Answer]:
    """Return the answers of the two DNS causes: disagree, stale."""
    first, second = ask(CAUSE, snapshot), ask(dns_stale_address.CAUSE, snapshot)
    return first.answer, second.answer


def asked(*answers: str, to: str = e.OLD) -> Snapshot:
    """Return users who reached an address, with the resolvers' answers."""
    outside = e.led_to(to, s.run(e.OLD_SERVER, direct=s.OK))
    return s.taken(e.resolved(outside, e.OWN, *answers), s.balancer(), *s.reports())


def test_the_resolvers_distinguish_the_two_causes() -> None:
    """Some wrong resolvers are one cause, only wrong ones the other."""
    assert both(e.split_name()) == (Answer.SUPPORTED, Answer.REFUTED)
    assert both(e.stale_name()) == (Answer.REFUTED, Answer.SUPPORTED)


def test_the_wrong_resolver_is_named_with_what_is_left_of_its_ttl() -> None:
    """The resolver, its cached address, and the remaining TTL."""
    first, last = judge(e.split_name()).next_steps
    assert first.text.startswith(
        "Check which address resolver 192.0.2.54 returns. 203.0.113.20 is right: if it"
        " is printed, its users reach the load balancer again. 1 of 1 queried name"
        " servers of the zone return it, so this resolver most likely returns"
        " 198.51.100.7 until the answer expires, up to 240 s, or its cache is flushed."
    )
    assert first.text.endswith("a hosts file), and correct it.")
    assert first.command == "dig @192.0.2.54 +noall +answer platform-api.keybuzz.io"
    assert "correct it before you wait or flush a cache" in last.text
    assert last.command == (
        'dig +nssearch "$(dig platform-api.keybuzz.io SOA +noall +answer +authority'
        """ | awk '$4 == "SOA" {print $1; exit}')\""""
    )


def test_a_wrong_or_silent_zone_is_corrected_first() -> None:
    """Waiting for a cache helps only if the zone itself is right."""
    x = e.split_name()
    assert x.run
    others = tuple(r for r in x.run.resolutions if not r.authoritative)
    silent = replace(x, run=replace(x.run, resolutions=others))
    text = CAUSE.next_steps(Scene.of(silent))[0].text
    assert text.startswith("Check which address resolver 192.0.2.54 returns. If it has")
    assert "correct that server first" in text
    own = replace(others[0], addresses=("198.51.100.7",), authoritative=True)
    wrong = replace(x, run=replace(x.run, resolutions=(*others, own)))
    assert "Correct the zone first" in CAUSE.next_steps(Scene.of(wrong))[0].text


def test_the_resolver_that_the_failing_requests_used_is_named() -> None:
    """All requests fail because all of them used the answer of this resolver."""
    assert (
        ask(CAUSE, e.split_name())
        .evidence[1]
        .endswith("only resolver 192.0.2.54 returns this address")
    )


def test_resolvers_that_all_lead_right_are_not_to_blame() -> None:
    """Users reached an address that no resolver gives now."""
    assert both(asked(e.OWN, e.OWN)) == (Answer.UNKNOWN, Answer.UNKNOWN)


def test_a_disagreement_that_users_did_not_meet_is_none_of_this() -> None:
    """They fail at the load balancer's own address."""
    assert both(asked(e.OWN, e.OLD, to=e.OWN)) == (Answer.REFUTED, Answer.REFUTED)


def test_failures_at_a_third_address_are_not_explained() -> None:
    """One resolver is wrong, and users reached yet another address."""
    x = asked(e.OWN, "192.0.2.200")
    assert both(x) == (Answer.UNKNOWN, Answer.REFUTED)


def test_one_resolver_alone_cannot_disagree() -> None:
    """The answer of a single resolver proves no disagreement."""
    assert both(asked(e.OLD)) == (Answer.REFUTED, Answer.SUPPORTED)
    assert both(asked()) == (Answer.UNKNOWN, Answer.UNKNOWN)
