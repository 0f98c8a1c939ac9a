"""Specification of `dns-stale-address`."""

from dataclasses import replace

import pytest

from parallax.causes.dns_stale_address import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import ErrorType, Role
from parallax.model.snapshot import PastProbe, Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

OLD_ONE = s.run(e.OLD_SERVER, direct=s.OK)


def led_astray(zone: str | None, *answers: str, to: str = e.OLD) -> Snapshot:
    """Return users who reached an address, with the resolvers' answers."""
    outside = e.resolved(e.led_to(to, OLD_ONE), zone, *answers)
    return s.taken(outside, s.balancer(), *s.reports())


def test_a_right_zone_means_waiting_for_the_ttl() -> None:
    """The record is correct; caches hold the old one for at most its TTL."""
    x = e.stale_name()
    assert (
        "1 of 1 queried name servers of the zone return 203.0.113.20, so the other"
        " address most likely comes from a resolver's cache"
        in ask(CAUSE, x).evidence[2]
    )
    (step,) = judge(x).next_steps
    assert "240 s" in step.text
    assert "203.0.113.20 is right: if it is printed, its users reach" in step.text
    assert "if the TTL (second column) stays the same" in step.text
    asked = step.text.removeprefix("Check which address resolver ").split()[0]
    assert step.command == f"dig @{asked} +noall +answer platform-api.keybuzz.io"


def with_past(snapshot: Snapshot, *addresses: str | None) -> Snapshot:
    """Return it with healthy probes before the failure, sent to these addresses."""
    past = tuple(
        PastProbe(
            started_at=s.SINCE - (len(addresses) - n) * s.MINUTE,
            healthy=True,
            status_code=200,
            peer_address=one,
        )
        for n, one in enumerate(addresses)
    )
    return replace(snapshot, past=(*past, *snapshot.past))


def test_an_address_that_may_always_have_been_the_names_is_not_stale() -> None:
    """The zone has it, or nobody knows: a proxy may be in front of the balancer."""
    for zone in (e.OLD, None):
        x = led_astray(zone, e.OLD, e.OLD)
        assert judge(x).cause == NOT_ESTABLISHED
        (why,) = ask(CAUSE, x).missing
        assert why == (
            "proof that 198.51.100.7 is an old address, not a proxy in front of"
            " keybuzz-lb"
        )


def test_an_address_that_was_another_before_means_changing_the_record() -> None:
    """Users were served at the balancer's; the zone and all resolvers have a new one.

    The command queries the zone's own server; the text has the address before.
    """
    x = with_past(led_astray(e.OLD, e.OLD, e.OLD), None, e.OWN, e.OWN)
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    assert ask(CAUSE, x).evidence[2:] == (
        "until 02:59:00 UTC the name led to 203.0.113.20, and users were served there",
        "1 of 1 queried name servers of the zone return 198.51.100.7",
    )
    (step,) = judgement.next_steps
    assert "set the records of platform-api.keybuzz.io to 203.0.113.20" in step.text
    assert "If it was moved on purpose, e.g. to a proxy" in step.text
    assert (step.command or "").startswith("dig @ns1.keybuzz.io ")


def test_a_proxys_own_move_leads_back_to_the_proxy() -> None:
    """The name led to a proxy before: nobody is sent past it."""
    x = with_past(led_astray(e.OLD, e.OLD), "192.0.2.99")
    (step,) = judge(x).next_steps
    assert "set the records of platform-api.keybuzz.io to 192.0.2.99" in step.text


def test_an_address_that_served_users_before_is_not_stale() -> None:
    """It was another one earlier, but users were served at this one too."""
    for past in ((e.OLD,), (e.OWN, e.OLD), (None,)):
        x = with_past(led_astray(e.OLD, e.OLD), *past)
        assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_silent_zone_leaves_it_to_the_past() -> None:
    """The evidence states that the zone's servers did not respond."""
    x = with_past(led_astray(None, e.OLD), e.OWN)
    assert judge(x).cause == CAUSE.id
    assert "name servers did not respond" in ask(CAUSE, x).evidence[3]


def test_a_second_load_balancer_beside_the_first_is_not_stale() -> None:
    """Both are in the record on purpose; the second writes a balancer's own page."""
    pages = [s.LB_503 if n % 3 == 0 else s.OK for n in range(11)]
    outside = e.led_to(e.OLD, s.run(pages, direct=s.OK))
    both = f"{e.OWN} {e.OLD}"
    x = s.taken(e.resolved(outside, both, both, both), s.balancer(), *s.reports())
    assert answer(CAUSE, x) is Answer.UNKNOWN


def beside(page: str, *past: str) -> Snapshot:
    """Return users of whom a share meets this page at an address beside the own one."""
    pages = [page if n % 3 == 0 else s.OK for n in range(11)]
    outside = e.led_to(e.OLD, s.run(pages, direct=s.OK))
    both = f"{e.OWN} {e.OLD}"
    x = s.taken(e.resolved(outside, both, both, both), s.balancer(), *s.reports())
    return with_past(x, *past)


@pytest.mark.parametrize("page", [s.DROPPED, s.REFUSED, e.OLD_SERVER])
def test_an_address_beside_the_own_one_may_be_a_second_balancer(page: str) -> None:
    """It may be in another project, so that nothing was read of it.

    A few requests before may all have used the first one by chance.
    """
    for past in ((), (e.OWN,) * 5, (*(e.OWN,) * 9, e.OLD)):
        x = beside(page, *past)
        assert judge(x).cause == NOT_ESTABLISHED
        assert "a second load balancer" in judge(x).next_steps[0].text


def test_one_failing_address_among_several_is_shown_by_its_share() -> None:
    """It was not the name's before; requests to it fail, and the others succeed."""
    x = beside(s.DROPPED, *[e.OWN] * 6)
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    assert ask(CAUSE, x).evidence[0] == (
        "4 of 11 requests went to 198.51.100.7 and failed: timeout"
    )


def test_the_balancers_own_address_refutes_it() -> None:
    """The name resolves to the right address, so this cause is ruled out."""
    assert answer(CAUSE, s.no_healthy_target()) is Answer.REFUTED
    assert answer(CAUSE, led_astray(e.OLD, e.OLD, to=e.OWN)) is Answer.REFUTED


def test_an_ipv6_address_of_the_balancer_is_its_own_in_any_spelling() -> None:
    """2001:db8::14 and 2001:0db8:0:0::0014 are the same address."""
    outside = e.led_to("2001:0db8:0:0::0014", OLD_ONE)
    found = e.changed(s.balancer(), ipv6="2001:db8::14")
    assert answer(CAUSE, s.taken(outside, found, *s.reports())) is Answer.REFUTED


@pytest.mark.parametrize(
    "error", [ErrorType.HOST_UNREACHABLE, ErrorType.ADDRESS_NOT_ALLOWED]
)
def test_a_direct_probe_without_a_route_does_not_count(
    error: ErrorType,
) -> None:
    """A monitor without IPv6 does not make the balancer's address fail."""
    x = e.stale_name()
    assert x.run
    blind = [
        s.probe(
            role,
            s.SINCE,
            s.REFUSED,
            request_id=f"{role}-v6",
            peer_address=address,
            error_type=error,
        )
        for role, address in ((Role.DIRECT, "2001:db8::14"), (Role.ADDRESS, e.OWN))
    ]
    run = replace(x.run, probes=(*x.run.probes, *blind))
    assert judge(replace(x, run=run)).cause == CAUSE.id


def test_an_origin_that_fails_too_leaves_it_open() -> None:
    """The old address is not the only fault; users may fail elsewhere too."""
    outside = e.led_to(e.OLD, s.run(e.OLD_SERVER, direct=s.LB_503))
    x = s.taken(e.resolved(outside, e.OLD, e.OLD), s.balancer(), *s.reports())
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_an_address_with_other_successful_requests_is_in_use() -> None:
    """A second, intermittent entry is not an outdated address."""
    x = led_astray(e.OLD, e.OLD)
    assert x.run
    well = s.probe(Role.ADDRESS, s.SINCE, s.OK, request_id="a", peer_address=e.OLD)
    x = replace(x, run=replace(x.run, probes=(*x.run.probes, well)))
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert "why other requests to 198.51.100.7 succeed" in ask(CAUSE, x).missing[0]


def test_a_cdn_that_is_not_configured_is_not_a_stale_name() -> None:
    """Varnish wrote the page: it may be a cache in front of the load balancer."""
    outside = e.led_to(e.OLD, s.run(e.CDN_503, direct=s.OK))
    x = s.taken(e.resolved(outside, e.OLD, e.OLD), s.balancer(), *s.reports())
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_behind_a_cdn_the_name_rightly_leads_elsewhere() -> None:
    """The CDN's own addresses were not read."""
    outside = e.resolved(e.led_to(e.OLD, OLD_ONE), e.OLD, e.OLD)
    x = s.taken(outside, s.balancer(), *s.reports(), target=e.CDN)
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_resolvers_that_were_not_queried_prove_nothing() -> None:
    """No investigation, or none that answered, or one that names another address."""
    for x in (led_astray(None), led_astray(e.OLD), led_astray(e.OLD, "192.0.2.200")):
        assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_stale_reading_of_the_balancer_has_no_address() -> None:
    """Its address may have been another one."""
    x = e.stale_name()
    assert x.balancer
    old = replace(x.balancer, read_at=s.SINCE - s.MINUTE)
    assert answer(CAUSE, replace(x, balancer=old)) is Answer.UNKNOWN


def test_the_evidence_has_name_servers_that_differ() -> None:
    """One secondary still has the old record."""
    x = led_astray(e.OLD, e.OLD)
    assert x.run
    fresh = e.resolved(x.run, e.OWN).resolutions
    run = replace(x.run, resolutions=(*fresh, *x.run.resolutions))
    fact = ask(CAUSE, replace(x, run=run)).evidence[2]
    assert fact == ("1 of 2 queried name servers of the zone return 198.51.100.7")
