"""Specification of `edge-refuses-monitor`."""

from dataclasses import replace

from parallax.causes.edge_refuses_monitor import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import Answer, Hop
from parallax.model.probe import AS_A_USER, Role
from parallax.model.snapshot import Snapshot
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer
from tests.parallax.rendered import mail_of


def answering(
    status: int, *headers: tuple[str, str], body: str = "no entry"
) -> Snapshot:
    """Return users who get this response of the edge."""
    x = e.cdn_rejects()
    assert x.run
    probes = tuple(
        replace(p, status_code=status, headers=headers, body=body)
        if p.role in (*AS_A_USER, Role.CACHE_BUSTER)
        else p
        for p in x.run.probes
    )
    return replace(x, run=replace(x.run, probes=probes))


def test_a_rejection_by_the_cdn_is_named_and_users_may_be_well() -> None:
    """The mail states that only the monitor's requests show it."""
    x = e.cdn_rejects()
    judgement = judge(x)
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.CDN)
    assert ask(CAUSE, x).evidence == (
        "the CDN (cloudflare) rejected 11 of 11 failing requests of the monitor (403)",
        "direct requests to the load balancer get 200",
        "users may be served: only the monitor's own requests show the rejection",
    )
    incident = advance(None, judgement, x, rules=Rules(settle_seconds=0))
    assert incident
    assert incident.finding
    assert "perhaps not users" in mail_of(incident.finding).subject
    assert "X-Request-Id" in judgement.next_steps[1].text


def test_a_challenge_is_a_rejection_with_any_status() -> None:
    """Cloudflare marks it; a browser passes it, a monitor does not."""
    marks = (
        ("Server", "cloudflare"),
        ("CF-RAY", "8f1-FRA"),
        ("cf-mitigated", "challenge"),
    )
    assert judge(answering(503, *marks)).cause == CAUSE.id


def test_an_unknown_edge_is_shown_by_the_ingress_logs() -> None:
    """None of them has any of these requests."""
    x = answering(429)
    assert judge(x).cause == CAUSE.id
    silent = replace(x, reports=tuple(replace(r, log_read_at=None) for r in x.reports))
    assert answer(CAUSE, silent) is Answer.UNKNOWN


def test_a_request_that_the_ingress_logged_was_let_through() -> None:
    """The rejection was written behind the edge."""
    x = e.cdn_rejects()
    assert x.run
    lines = s.seen(x.run, None, status=403)
    assert answer(CAUSE, replace(x, sightings=lines)) is Answer.UNKNOWN


def test_an_origin_that_fails_too_hides_it() -> None:
    """Users may fail for the same reason."""
    x = e.cdn_rejects()
    assert x.run
    bad = s.probe(Role.DIRECT, s.SINCE, s.LB_503)
    run = replace(x.run, probes=(*x.run.probes, bad))
    assert answer(CAUSE, replace(x, run=run)) is Answer.UNKNOWN


def test_an_edge_that_is_not_configured_shows_itself_by_its_page() -> None:
    """An unknown machine's rejection shows nothing."""
    assert judge(replace(e.cdn_rejects(), target=s.TARGET)).cause == CAUSE.id
    assert answer(CAUSE, replace(answering(403), target=s.TARGET)) is Answer.UNKNOWN


def test_no_edge_and_no_rejection_refute_it() -> None:
    """The balancer's own address rejects; the CDN responds with an error of its own."""
    x = replace(answering(403), target=s.TARGET)
    assert x.run
    at_balancer = replace(x, run=e.led_to(e.OWN, x.run))
    assert answer(CAUSE, at_balancer) is Answer.REFUTED
    assert answer(CAUSE, e.cdn_alone()) is Answer.REFUTED
    assert answer(CAUSE, s.no_target()) is Answer.REFUTED
