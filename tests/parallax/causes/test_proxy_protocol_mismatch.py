"""Specification of `proxy-protocol-mismatch`."""

from dataclasses import replace

import pytest

from parallax.causes.proxy_protocol_mismatch import CAUSE
from parallax.diagnose.judge import judge
from parallax.model.balancer import BalancerReading
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import ErrorType
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer, ask


def reading(snapshot: Snapshot) -> BalancerReading:
    """Return the snapshot's balancer reading."""
    assert snapshot.balancer
    return snapshot.balancer


def only_this(snapshot: Snapshot) -> bool:
    """Return whether the cause is named and explains all others that are shown."""
    judgement = judge(snapshot)
    shown = [
        a.cause
        for a in judgement.assessments
        if a.answer is Answer.SUPPORTED and a.explained_by != CAUSE.id
    ]
    return shown == [CAUSE.id] == [judgement.cause]


@pytest.mark.parametrize("http", [False, True])
def test_an_ingress_that_waits_for_the_line(*, http: bool) -> None:
    """502 of the balancer; behind an http health check 503."""
    x = e.proxy_of_ingress(http=http)
    assert only_this(x)
    balancer, ingress = judge(x).next_steps
    assert balancer.command == (
        "hcloud load-balancer update-service keybuzz-lb --listen-port 443"
        " --proxy-protocol=true"
    )
    assert '"use-proxy-protocol":"false"' in (ingress.command or "")


def test_the_config_map_that_was_read_is_named() -> None:
    """An agent of an older version does not name it; then its name is checked first."""
    x = e.proxy_of_ingress()
    assert "First check the ConfigMap's name" in judge(x).next_steps[1].text
    named = "ingress-nginx/my-config"
    known = s.with_reading(x, ingress_config_map=named)
    step = judge(known).next_steps[1]
    assert "First check" not in step.text
    assert f"in ConfigMap {named}, from which the agent read it." in step.text
    assert str(step.command).startswith(
        "kubectl -n ingress-nginx patch configmap my-config -p "
    )
    assert f"use-proxy-protocol is true in ConfigMap {named}" in " ".join(
        ask(CAUSE, known).evidence
    )
    unset = s.with_reading(e.proxy_of_balancer(), ingress_config_map=named)
    assert f"ConfigMap {named} does not set use-proxy-protocol, so it is false" in (
        " ".join(ask(CAUSE, unset).evidence)
    )


def test_a_tcp_balancer_hands_on_that_the_ingress_hangs_up() -> None:
    """An empty reply at the balancer's own address."""
    x = e.proxy_of_ingress()
    tcp = e.with_services(reading(x), protocol="tcp")
    x = replace(x, balancer=tcp, run=s.run(s.CLOSED, unknown_host=s.CLOSED))
    assert only_this(x)


def test_a_line_that_the_ingress_does_not_expect() -> None:
    """400 from nginx for everything, and the way back for both."""
    x = e.proxy_of_balancer()
    balancer, ingress = judge(x).next_steps
    assert (balancer.command or "").endswith("--proxy-protocol=false")
    assert '"use-proxy-protocol":"true"' in (ingress.command or "")


def test_a_line_before_tls_spoils_every_handshake() -> None:
    """Behind a tcp service nginx gets the header instead of a ClientHello."""
    x = e.proxy_of_balancer()
    tcp = e.with_services(reading(x), protocol="tcp")
    run = s.run(s.CLOSED, unknown_host=s.CLOSED)
    spoilt = replace(
        run,
        probes=tuple(
            replace(p, error_type=ErrorType.TLS, error_phase="tls") for p in run.probes
        ),
    )
    assert only_this(replace(x, balancer=tcp, run=spoilt))


def test_a_health_check_that_gets_400_takes_every_target_out() -> None:
    """Hetzner sends the header in its check too, and reports the status."""
    x = e.proxy_of_balancer()
    down = e.with_services(
        s.detailed(
            e.asking(s.balancer(healthy=0), s.TARGET.host),
            "unexpected_http_status",
            400,
        ),
        proxyprotocol=True,
    )
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    assert only_this(replace(x, balancer=down, run=run))


def test_settings_that_agree_refute_it() -> None:
    """Both or neither."""
    x = s.with_reading(e.proxy_of_balancer(), ingress_config=())
    neither = e.with_services(reading(x), proxyprotocol=False)
    assert answer(CAUSE, replace(x, balancer=neither)) is Answer.REFUTED
    both = s.with_reading(x, ingress_config=(("use-proxy-protocol", "true"),))
    assert answer(CAUSE, both) is Answer.REFUTED


def test_a_config_map_that_was_not_read_is_open() -> None:
    """A missing setting is not `false`, and no other cause is named for the 400."""
    x = s.with_reading(e.proxy_of_balancer(), ingress_config=None)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def malformed(body: str = "400 Bad Request") -> Snapshot:
    """Return Traefik's 400 to each external request; its settings are not read."""
    x = s.with_reading(e.proxy_of_balancer(), ingress_config=None)
    assert x.run
    probes = tuple(
        replace(p, status_code=400, body=body, headers=(), healthy=False)
        for p in x.run.probes
    )
    return replace(x, run=replace(x.run, probes=probes))


def test_a_header_that_the_ingress_calls_malformed_is_a_proof() -> None:
    """The same request without the header succeeds on the same port."""
    assert only_this(malformed())
    off, trust = judge(malformed()).next_steps
    assert "--proxy-protocol=false" in (off.command or "")
    assert "proxyProtocol.trustedIPs=10.0.0.5" in trust.text


@pytest.mark.parametrize("error", [ErrorType.TLS, ErrorType.CONNECTION_CLOSED])
def test_a_header_in_front_of_tls_breaks_the_handshake(error: ErrorType) -> None:
    """A tcp service: no certificate arrives, and the same port works without it."""
    x = malformed()
    assert x.run
    probes = tuple(
        replace(p, status_code=None, body="", error_type=error, error_phase="tls")
        for p in x.run.probes
    )
    x = replace(x, run=replace(x.run, probes=probes))
    tcp = replace(x, balancer=e.with_services(reading(x), protocol="tcp"))
    assert only_this(tcp)
    silent = tuple(replace(r, probes=()) for r in tcp.reports)
    assert answer(CAUSE, replace(tcp, reports=silent)) is Answer.UNKNOWN


@pytest.mark.parametrize(
    "x",
    [
        malformed("400 Bad Request: missing required Host header"),
        replace(malformed(), reports=()),
        replace(
            malformed(), balancer=e.with_services(s.balancer(), proxyprotocol=False)
        ),
    ],
    ids=["another reason", "no internal probe", "no header is sent"],
)
def test_a_400_alone_does_not_prove_it(x: Snapshot) -> None:
    """Go writes the reason of other malformed requests; inside must succeed."""
    assert answer(CAUSE, x) is not Answer.SUPPORTED


def test_the_step_says_that_a_header_is_sent() -> None:
    """The settings are not read, and the 400 is of an unknown writer."""
    x = malformed("bad request")
    silent = tuple(replace(r, probes=()) for r in x.reports)
    judgement = judge(replace(x, reports=silent))
    assert judgement.lead
    header = "begins each connection with a PROXY header"
    assert header in judgement.lead.observation
    assert "trustedIPs" in judgement.next_steps[0].text


def test_plain_http_to_the_https_port_is_another_400() -> None:
    """The page of nginx contains this reason."""
    page = "ingress-nginx/400_plain_http_to_https_port"
    x = replace(e.proxy_of_balancer(), run=s.run(page, unknown_host=page))
    assert answer(CAUSE, x) is Answer.UNKNOWN


@pytest.mark.parametrize("page", [s.POD_503, s.INGRESS_503_BY_LB])
def test_a_page_that_does_not_follow_from_it_holds_the_blame(page: str) -> None:
    """Requests succeed, so the difference has no effect."""
    x = replace(e.proxy_of_balancer(), run=s.run(page))
    assert answer(CAUSE, x) is Answer.UNKNOWN
    x = replace(e.proxy_of_ingress(), run=s.run(page))
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_what_the_ingress_answers_inside_may_not_contradict() -> None:
    """It responds to probes without a header, against its ConfigMap."""
    x = e.proxy_of_ingress()
    plain = tuple(
        replace(r, probes=tuple(replace(p, proxy_protocol=False) for p in r.probes))
        for r in x.reports
    )
    x = replace(x, reports=plain)
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_a_502_of_a_pod_is_not_the_missing_line() -> None:
    """The settings differ, yet the log shows that requests arrived."""
    run = s.run(s.INGRESS_502_BY_LB)
    x = replace(e.proxy_of_ingress(), run=run, sightings=s.seen(run, 502, status=502))
    assert answer(CAUSE, x) is Answer.UNKNOWN


def all_out(**service: object) -> Snapshot:
    """Return a balancer with a PROXY header and no healthy target (http check)."""
    down = e.with_services(
        e.asking(s.balancer(healthy=0), s.TARGET.host), proxyprotocol=True, **service
    )
    run = s.run(s.LB_503, unknown_host=s.LB_503)
    return replace(e.proxy_of_balancer(), balancer=down, run=run)


def test_an_http_check_reaches_the_same_ingress_without_an_api_reason() -> None:
    """The settings differ, and an http check finds no healthy target."""
    assert only_this(all_out())


def test_a_check_of_another_port_or_with_another_reason_is_not_it() -> None:
    """The response is not known; a failed connection is not a rejected header."""
    x = all_out()
    timeout = s.detailed(reading(x), "layer4_timeout")
    assert answer(CAUSE, replace(x, balancer=timeout)) is Answer.UNKNOWN
    check = replace(reading(x).load_balancer.services[0].health_check, port=30081)  # type: ignore[union-attr]
    elsewhere = e.with_services(reading(x), health_check=check)
    assert answer(CAUSE, replace(x, balancer=elsewhere)) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("after", "expected"), [(0.002, Answer.SUPPORTED), (3.0, Answer.UNKNOWN)]
)
def test_an_ingress_that_hangs_up_on_the_line_at_once(
    after: float, expected: Answer
) -> None:
    """It accepts connections, as the check shows; a slow close does not count."""
    x = e.proxy_of_balancer()
    tcp = e.with_services(reading(x), protocol="tcp")
    run = s.run(s.CLOSED, unknown_host=s.CLOSED, after=after)
    assert answer(CAUSE, replace(x, balancer=tcp, run=run)) is expected
