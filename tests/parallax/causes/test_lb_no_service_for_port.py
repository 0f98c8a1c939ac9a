"""Specification of `lb-no-service-for-port`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_no_service_for_port import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.balancer import ANY_PORT
from parallax.model.judgement import Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def without_443(page: str, direct: str | None = None) -> Snapshot:
    """Return a balancer that only listens on 80, and what users get on 443."""
    x = e.no_service()
    assert x.run
    run = s.run(page, direct=direct, unknown_host=page)
    return replace(x, run=run)


@pytest.mark.parametrize("page", [s.REFUSED, s.DROPPED])
def test_nothing_of_the_balancer_listens_there(page: str) -> None:
    """Refused or timed out; the evidence has the other ports."""
    evidence = ask(CAUSE, without_443(page)).evidence
    assert evidence[0] == "keybuzz-lb has no service on port 443 (it has: 80)"
    assert evidence[1].endswith(
        " on port 443: 11 of 11 requests sent as a user does, and 1 of 1 sent to the"
        " load balancer without DNS"
    )


def test_the_service_is_added_with_the_ingresss_port() -> None:
    """With the project's certificate; without one, TLS is passed on to the ingress."""
    add, passed, look = judge(e.no_service()).next_steps
    assert add.command == (
        "certificate=$(hcloud certificate list -o noheader -o columns=id,domain_names"
        " | grep -wF -e platform-api.keybuzz.io -e '*.keybuzz.io'"
        " | awk 'NR == 1 {print $1}'); hcloud load-balancer add-service keybuzz-lb"
        " --protocol https --listen-port 443 --destination-port 31695"
        " --health-check-protocol tcp --health-check-port 31695"
        " --health-check-interval 15s --health-check-timeout 10s"
        " --health-check-retries 3"
        ' --http-certificates "${certificate:?no certificate for'
        ' platform-api.keybuzz.io}"'
    )
    assert "If there is none, it changes nothing" in add.text
    assert passed.alternative
    assert "--protocol tcp --listen-port 443 --destination-port" in str(passed.command)
    assert look.command == "hcloud load-balancer describe keybuzz-lb"


def test_no_agent_is_needed() -> None:
    """The API and the refused connection are enough."""
    alone = replace(e.no_service(), reports=(), sightings=())
    assert judge(alone).cause == CAUSE.id


def plain(*, redirects: bool | None) -> Snapshot:
    """Return an http:// target, port 80 without a service, and a balancer that is dead.

    It has an https service, which redirects port 80, or not; None: not read.
    """
    x = e.no_service()
    found = s.balancer(healthy=0)
    assert found.load_balancer
    tls = replace(found.load_balancer.services[0], redirect_http=redirects)
    target = replace(s.TARGET, url=s.TARGET.url.replace("https:", "http:"))
    return replace(x, target=target, balancer=e.changed(found, services=(tls,)))


@pytest.mark.parametrize(
    ("redirects", "expected"),
    [
        (True, Answer.REFUTED),
        (None, Answer.UNKNOWN),
        (False, Answer.SUPPORTED),
    ],
)
def test_a_port_that_an_https_service_redirects_is_not_missing(
    *, redirects: bool | None, expected: Answer
) -> None:
    """The balancer listens there without a service; older readings do not tell."""
    x = plain(redirects=redirects)
    assert answer(CAUSE, x) is expected
    assert (judge(x).cause == CAUSE.id) is (expected is Answer.SUPPORTED)


def test_a_redirected_port_is_called_so_in_the_path() -> None:
    """No step adds a service that Hetzner would reject."""
    seen = next(h.seen for h in judge(plain(redirects=True)).path if "lb" in h.seen)
    assert seen == (
        "not available: a service on port 80 (keybuzz-lb only redirects port 80 to"
        " https)"
    )


def test_a_redirect_of_port_80_does_not_matter_for_another_port() -> None:
    """Only port 80 is redirected: one without a service stays without."""
    x = plain(redirects=None)
    url = x.target.url.replace(".io/", ".io:8080/", 1)
    x = replace(x, target=replace(x.target, url=url))
    assert answer(CAUSE, x) is Answer.SUPPORTED


@pytest.mark.parametrize("page", [s.LB_503, s.POD_503, s.CLOSED])
def test_whoever_accepts_there_contradicts_the_reading(page: str) -> None:
    """Something listens: the reading is of another balancer, or too old."""
    assert answer(CAUSE, without_443(page)) is Answer.UNKNOWN
    assert answer(CAUSE, without_443(s.REFUSED, direct=page)) is Answer.UNKNOWN


def test_a_connection_refused_elsewhere_is_not_the_balancers() -> None:
    """The name resolves to another machine, and no probe reached the balancer."""
    x = e.no_service()
    assert x.run
    users = tuple(p for p in x.run.probes if p.role in {"first", "repeat"})
    away = e.led_to(e.OLD, replace(x.run, probes=users))
    assert answer(CAUSE, replace(x, run=away)) is Answer.UNKNOWN


def test_behind_a_cdn_another_port_may_be_used() -> None:
    """The CDN's origin is not the port in the URL."""
    assert answer(CAUSE, replace(e.no_service(), target=e.CDN)) is Answer.UNKNOWN


def test_a_service_refutes_it_even_without_targets() -> None:
    """A service without targets accepts connections and responds 503."""
    assert answer(CAUSE, s.no_target()) is Answer.REFUTED


def test_a_reading_from_before_the_failure_is_none() -> None:
    """The service may have been removed and added again."""
    x = e.no_service()
    assert x.balancer
    stale = replace(x.balancer, read_at=s.SINCE - s.MINUTE)
    assert answer(CAUSE, replace(x, balancer=stale)) is Answer.UNKNOWN
    assert answer(CAUSE, replace(x, balancer=None)) is Answer.UNKNOWN


@pytest.mark.parametrize("unread", [(443,), (ANY_PORT,)])
def test_a_service_that_could_not_be_read_may_be_the_one(
    unread: tuple[int, ...],
) -> None:
    """It may exist although the reading lacks it, so no cause is named."""
    x = e.no_service()
    assert x.balancer
    changed = e.changed(x.balancer, unread_services=unread)
    assessment = ask(CAUSE, replace(x, balancer=changed))
    assert assessment.answer is Answer.UNKNOWN
    assert "a readable service of keybuzz-lb on port 443" in str(assessment)
    assert judge(replace(x, balancer=changed)).cause != CAUSE.id
    other = e.changed(x.balancer, unread_services=(8443,))
    assert answer(CAUSE, replace(x, balancer=other)) is Answer.SUPPORTED


def test_causes_about_the_service_are_hidden_without_one() -> None:
    """They may show after the repair. A CDN may use another port."""
    x = e.no_service()
    found = {a.cause: a for a in judge(x).assessments}["lb-no-healthy-target"]
    assert found.answer is Answer.UNKNOWN
    assert found.missing == (
        "a test, which is not possible now: keybuzz-lb has no service on port 443",
    )
    reached = replace(x.target.reached, cdn=True)
    behind = replace(x, target=replace(x.target, reached=reached))
    found = {a.cause: a for a in judge(behind).assessments}["lb-no-healthy-target"]
    assert found.answer is Answer.UNKNOWN
