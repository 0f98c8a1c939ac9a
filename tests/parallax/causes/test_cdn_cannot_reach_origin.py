"""Specification of `cdn-cannot-reach-origin`."""

from dataclasses import replace

import pytest

from parallax.causes.cdn_cannot_reach_origin import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.evidence.scene import Scene
from parallax.model.judgement import Answer
from parallax.model.probe import AS_A_USER, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def met(page: str | list[str], direct: str = s.OK, **more: object) -> Snapshot:
    """Return users of a CDN who get a page."""
    outside = s.run(page, direct=direct)
    inside = s.reports(**more)  # type: ignore[arg-type]
    return s.taken(outside, s.balancer(), *inside, target=e.CDN)


def test_the_cdns_origin_is_compared_with_the_balancer() -> None:
    """The mail names address and ports, and the command of the CDN that is known."""
    origin, past, between = judge(e.cdn_alone()).next_steps
    assert origin.text.startswith(
        "On Varnish's host, check that its origin is keybuzz-lb: 203.0.113.20, port 80"
        " or 443 (TLS). If the origin is 127.0.0.1, it can be a local TLS proxy"
    )
    assert "Correct any other address in the VCL file" in origin.text
    assert between.command is None
    assert past.text.startswith("On Varnish's host, request the page")
    assert "200 shows that the way to it works. 000 there means" in past.text
    assert (origin.command or "").startswith("varnishadm vcl.show ")
    assert "--resolve platform-api.keybuzz.io:443:203.0.113.20" in (past.command or "")


@pytest.mark.parametrize(
    ("headers", "place", "has_command"),
    [
        (
            (("Server", "cloudflare"), ("CF-RAY", "8f1c2d3e4a5b6c7d-FRA")),
            "In the console of cloudflare, check",
            False,
        ),
        ((), "In the CDN's console, check that the origin is keybuzz-lb", True),
    ],
)
def test_a_cdn_without_a_command_line_is_checked_in_its_console(
    headers: tuple[tuple[str, str], ...], place: str, *, has_command: bool
) -> None:
    """An unknown one may be Varnish, so its command is there too."""
    x = e.cdn_alone()
    assert x.run
    others = tuple(
        p if p.healthy else replace(p, status_code=522, headers=headers, body="")
        for p in x.run.probes
    )
    changed = replace(x, run=replace(x.run, probes=others))
    first, past, _ = CAUSE.next_steps(Scene.of(changed))
    hosted = past.text.startswith("On the CDN's host, if you can log in there")
    assert hosted is has_command
    assert hosted or "the CDN's own way to it remains untested" in past.text
    assert first.text.startswith(place)
    assert (first.command is not None) is has_command


def test_a_cdn_that_passes_on_a_unique_url_reaches_the_origin() -> None:
    """It wrote no failing page, and the ingress logged the request that succeeds."""
    x = s.cache_replays()
    assert x.run
    fresh = next(p for p in x.run.probes if p.role is Role.CACHE_BUSTER)
    line = replace(s.seen(x.run, 200, status=200)[0], request_id=fresh.request_id)
    assert fresh.healthy
    assert answer(CAUSE, replace(x, sightings=(line,))) is Answer.REFUTED
    assert answer(CAUSE, replace(x, sightings=())) is Answer.UNKNOWN


def test_a_kept_page_is_a_replay_and_not_this() -> None:
    """Varnish stored its own error and sent no request."""
    kept = met("varnish/503_cached_own_error_hit")
    assert answer(CAUSE, kept) is Answer.UNKNOWN
    assert judge(kept).cause == "cache-replays-error"
    assert judge(e.cdn_alone()).cause == CAUSE.id


def test_an_origin_that_fails_past_the_cdn_hides_it() -> None:
    """The CDN may only report the origin's error, or fail on its own as well."""
    missing = ask(CAUSE, met(e.CDN_503, direct=s.LB_503)).missing
    assert missing[0].endswith("directly to the load balancer fail too (503)")


def test_without_a_cdn_no_page_is_a_cdns() -> None:
    """A Varnish at the load balancer's own address is behind it."""
    outside = s.run(e.CDN_503, direct=s.OK)
    assert answer(CAUSE, s.taken(outside, s.balancer(), *s.reports())) is Answer.REFUTED


def test_a_page_from_behind_the_cdn_is_not_the_cdns() -> None:
    """The request reached the server that wrote the page."""
    for page in (s.LB_503, s.POD_503, s.INGRESS_503_BY_LB):
        assert answer(CAUSE, met(page)) is Answer.UNKNOWN


@pytest.mark.parametrize(("own", "shown"), [(10, True), (9, False), (1, False)])
def test_nearly_all_failing_answers_are_to_be_its_own(own: int, *, shown: bool) -> None:
    """A few such pages among others explain nothing."""
    pages = [e.CDN_503] * own + [s.POD_503] * (11 - own)
    assert (answer(CAUSE, met(pages)) is Answer.SUPPORTED) is shown


def test_a_line_in_the_ingress_log_shows_that_it_got_through() -> None:
    """Then the CDN's page reports a fault behind it, as the log shows."""
    outside = s.run(e.CDN_503, direct=s.OK)
    x = met(e.CDN_503, sightings=s.seen(outside, 503))
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == "pod-answers-error"


def test_a_log_that_is_not_live_proves_no_absence() -> None:
    """Unread, or read before the last request failed."""
    x = e.cdn_alone()
    for at in (None, s.SINCE):
        reports = tuple(replace(r, log_read_at=at) for r in x.reports)
        assert answer(CAUSE, replace(x, reports=reports)) is Answer.UNKNOWN
    assert answer(CAUSE, replace(x, reports=())) is Answer.UNKNOWN


def test_only_nodes_that_run_an_ingress_pod_have_a_log() -> None:
    """Two of five nodes run a pod: only their logs exist, and both are needed."""
    x = e.with_policy(e.cdn_alone(), "Cluster", *s.NODES[:2])

    def reported_by(*nodes: str) -> Snapshot:
        reports = tuple(
            r if r.node in nodes else replace(r, log_read_at=None) for r in x.reports
        )
        return replace(x, reports=reports)

    assert answer(CAUSE, reported_by(*s.NODES[:2])) is Answer.SUPPORTED
    assert answer(CAUSE, reported_by(s.NODES[0])) is Answer.UNKNOWN
    assert answer(CAUSE, reported_by(*s.NODES[2:])) is Answer.UNKNOWN
    silent = tuple(r for r in x.reports if r.node != s.NODES[1])
    assert answer(CAUSE, replace(x, reports=silent)) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("status", "expected"),
    [(521, Answer.SUPPORTED), (522, Answer.SUPPORTED), (520, Answer.UNKNOWN)],
)
def test_a_status_for_no_connection_needs_no_log(status: int, expected: Answer) -> None:
    """Cloudflare's 520 is for a response that it does not understand."""
    x = met(e.CDN_503)
    assert x.run
    own = {
        "status_code": status,
        "headers": (("Server", "cloudflare"), ("CF-RAY", "8f1c2d3e4a5b6c7d-FRA")),
        "body": f"error code: {status}",
    }
    probes = tuple(p if p.healthy else replace(p, **own) for p in x.run.probes)  # type: ignore[arg-type]
    reports = tuple(replace(r, log_read_at=None) for r in x.reports)
    found = ask(CAUSE, replace(x, run=replace(x.run, probes=probes), reports=reports))
    assert found.answer is expected
    if expected is Answer.SUPPORTED:
        why = "its status means that it cannot connect to its origin"
        assert found.evidence[-1] == why


def also(snapshot: Snapshot) -> bool:
    """Return whether this cause is true beside the named one."""
    found = judge(snapshot)
    assert found.cause != CAUSE.id
    mine = next(a for a in found.assessments if a.cause == CAUSE.id)
    return mine.answer is Answer.SUPPORTED


def test_a_direct_request_in_the_ingress_log_shows_the_cdns_fault_too() -> None:
    """The pods are at fault, and none of the CDN's requests arrives."""
    direct = s.run(e.CDN_503, direct=s.INGRESS_503_BY_LB)
    more = {"ingress": s.INGRESS_503, "ready": 0}
    arrived = tuple(
        line
        for line in s.seen(direct, None)
        if line.request_id.startswith(Role.DIRECT.value)
    )
    assert arrived
    x = met(e.CDN_503, s.INGRESS_503_BY_LB, sightings=arrived, **more)
    assert judge(x).cause == "pods-not-ready"
    assert also(x)


@pytest.mark.parametrize(("status", "shown"), [(522, True), (502, False)])
def test_a_status_without_a_connection_shows_the_cdns_fault_too(
    status: int, *, shown: bool
) -> None:
    """Cloudflare replaces an origin's 502, and writes 522 without a connection."""
    page = {
        "status_code": status,
        "reason": "",
        "headers": (("Server", "cloudflare"), ("CF-RAY", "8f2a1c-FRA")),
        "body": f"error code: {status}",
    }
    x = met(e.CDN_503, direct=s.LB_503)
    assert x.run
    probes = tuple(
        replace(p, **page)  # type: ignore[arg-type]
        if p.role in {*AS_A_USER, Role.CACHE_BUSTER}
        else replace(p, **s.answer(s.LB_503))  # type: ignore[arg-type]
        for p in x.run.probes
    )
    run = replace(x.run, probes=probes)
    x = replace(x, run=run, balancer=s.without_targets())
    assert judge(x).cause == "lb-no-target"
    assert also(x) is shown
