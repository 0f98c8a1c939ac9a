"""Specification of `redirect-loop`."""

from dataclasses import replace

import pytest

from parallax.causes.redirect_loop import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Hop
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def without_location(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot without the redirects' Location."""
    assert snapshot.run
    probes = tuple(replace(p, headers=()) for p in snapshot.run.probes)
    return replace(snapshot, run=replace(snapshot.run, probes=probes))


def test_a_redirect_to_the_requested_url_is_a_loop() -> None:
    """The balancer ends TLS, so the ingress takes each request for plain HTTP."""
    x = e.redirected_to_itself()
    judgement = judge(x)
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.INGRESS)
    assert ask(CAUSE, x).evidence == (
        "11 of 11 failing responses redirect (308) to the requested URL itself",
        (
            "the ingress log contains 11 of 11 failing requests; the ingress redirected"
            " them and used no pod"
        ),
        "keybuzz-lb ends TLS, so the ingress gets plain HTTP",
    )
    trust, no_redirect = judgement.next_steps
    assert "`use-forwarded-headers" in trust.text
    assert no_redirect.alternative
    assert 'ssl-redirect="false"' in (no_redirect.command or "")
    assert "keybuzz-lb --listen-port 443 --http-redirect-http" in no_redirect.text


def test_a_service_that_keeps_the_balancer_gets_the_annotation() -> None:
    """The controller would undo the command of the hcloud CLI."""
    x = e.redirected_to_itself()
    assert x.balancer
    assert x.balancer.load_balancer
    kept = replace(x.balancer.load_balancer, service_uid="4f1c")
    steps = judge(replace(x, balancer=replace(x.balancer, load_balancer=kept)))
    (_, step) = steps.next_steps
    assert "load-balancer.hetzner.cloud/http-redirect-http" in step.text
    assert "hcloud load-balancer" not in step.text


@pytest.mark.parametrize(
    "location",
    ["/", "https://platform-api.keybuzz.io", "https://PLATFORM-API.keybuzz.io:443/"],
)
def test_a_location_may_be_written_in_other_ways(location: str) -> None:
    """A relative path, no path, the default port, another case."""
    assert answer(CAUSE, e.redirected(location)) is Answer.SUPPORTED


@pytest.mark.parametrize(
    "location",
    [
        "https://www.keybuzz.io/",
        "/login",
        "http://platform-api.keybuzz.io/",
        "https://platform-api.keybuzz.io:8443/",
    ],
)
def test_a_redirect_to_another_url_is_none(location: str) -> None:
    """Another host, path, scheme or port."""
    assert answer(CAUSE, e.redirected(location)) is Answer.REFUTED


def test_a_cdn_without_tls_to_its_origin_is_named_first() -> None:
    """Direct requests succeed: only what the CDN sends is redirected."""
    x = e.redirected_to_itself()
    assert x.run

    def past(probe: Probe) -> Probe:
        if probe.role is not Role.DIRECT:
            return probe
        return s.probe(Role.DIRECT, probe.started_at, s.OK)

    run = replace(x.run, probes=tuple(map(past, x.run.probes)))
    x = replace(x, run=e.led_to(e.OLD, run), target=e.CDN)
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    (step,) = judgement.next_steps
    assert "Full (strict)" in step.text


def test_a_redirect_without_a_location_leaves_it_open() -> None:
    """The first step reads the Location, and names both settings."""
    judgement = judge(without_location(e.redirected_to_itself()))
    assert judgement.cause == NOT_ESTABLISHED
    assert judgement.lead
    assert "redirects (308; 11 of 11 external requests)" in judgement.lead.observation
    look = judgement.next_steps[0]
    assert "--max-redirs" in (look.command or "")
    assert "use-forwarded-headers" in look.text
    assert "ssl-redirect" in look.text


def test_a_redirect_that_a_pod_wrote_is_the_apps() -> None:
    """The log has the pod's own status."""
    x = e.redirected_to_itself()
    assert x.run
    lines = s.seen(x.run, 308, status=308)
    assert answer(CAUSE, replace(x, sightings=lines)) is Answer.UNKNOWN


def test_no_redirect_and_no_response() -> None:
    """Another status refutes it; without a connection it cannot be tested."""
    assert answer(CAUSE, s.no_target()) is Answer.REFUTED
    assert answer(CAUSE, e.no_name()) is Answer.UNKNOWN
