"""Specification of `lb-certificate-refused`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.causes.lb_certificate_refused import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.balancer import BalancerCertificate, BalancerReading
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Hop, HopState
from parallax.model.probe import ErrorType, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

ITS = BalancerCertificate(
    id=7,
    name="keybuzz",
    not_valid_after=s.SINCE - timedelta(days=1),
    domain_names=(s.TARGET.host,),
    type="managed",
)


def holding(*certificates: BalancerCertificate) -> BalancerReading:
    """Return a balancer whose https services have these certificates."""
    found = e.with_services(s.balancer(), certificate_ids=(7,))
    return e.changed(found, certificates=certificates)


def bare(found: BalancerReading) -> Snapshot:
    """Return failing handshakes without a reason; the unknown host fails too."""
    x = e.refused(found, None)
    assert x.run
    probes = tuple(
        replace(
            p,
            healthy=False,
            status_code=None,
            error_type=ErrorType.TLS,
            error_phase="tls",
            error_detail=None,
        )
        for p in x.run.probes
    )
    return replace(x, run=replace(x.run, probes=probes))


def test_an_expired_certificate_is_named_with_its_date() -> None:
    """The balancer's line is faulty; the command shows the certificate."""
    x = e.expired_at_balancer()
    judgement = judge(x)
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.LOAD_BALANCER)
    assert ask(CAUSE, x).evidence == (
        (
            "11 of 11 requests failed in the TLS handshake with keybuzz-lb, which ends"
            " TLS itself: its certificate (CN=platform-api.keybuzz.io, issued by"
            " CN=R11) expired at 2025-11-19 03:00 UTC"
        ),
    )
    line = next(h for h in judgement.path if h.hop is Hop.LOAD_BALANCER)
    assert line.state is HopState.FAULTY
    assert judgement.next_steps[0].command == (
        "openssl s_client -connect 203.0.113.20:443 -servername platform-api.keybuzz.io"
        " </dev/null | openssl x509 -noout -subject -issuer -dates -ext subjectAltName"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"names": ("other.example", "*.keybuzz.example")},
            "is for other.example, *.keybuzz.example, not for platform-api.keybuzz.io",
        ),
        ({}, "is not trusted: certificate has expired"),
    ],
)
def test_a_wrong_name_and_an_unknown_issuer_are_told_apart(
    changes: dict[str, object], words: str
) -> None:
    """The certificate is still valid; OpenSSL's reason remains for its issuer."""
    valid = replace(e.EXPIRED, not_after=s.SINCE + timedelta(days=9), **changes)  # type: ignore[arg-type]
    assert words in ask(CAUSE, e.refused(s.balancer(), valid)).evidence[0]


def test_a_wildcard_covers_one_label() -> None:
    """`*.keybuzz.io` is for the host; so only its issuer is wrong."""
    wild = replace(
        e.EXPIRED, not_after=s.SINCE + timedelta(days=9), names=("*.keybuzz.io",)
    )
    assert "is not trusted" in ask(CAUSE, e.refused(s.balancer(), wild)).evidence[0]


def test_hetzners_api_shows_a_failed_renewal() -> None:
    """The certificate is managed, and the API has the reason."""
    failed = replace(ITS, renewal="failed", error="dns_zone_not_found: no zone")
    x = e.refused(holding(failed), e.EXPIRED)
    assert ask(CAUSE, x).evidence[1] == (
        "Hetzner has the managed certificate 'keybuzz' for platform-api.keybuzz.io:"
        " valid until 2025-11-19 03:00 UTC, renewal failed"
        " (dns_zone_not_found: no zone)"
    )
    step = judge(x).next_steps[1]
    assert step.command == "hcloud certificate describe keybuzz"
    assert step.text.startswith("Check why Hetzner did not renew the certificate")


def test_an_uploaded_certificate_has_no_renewal() -> None:
    """It is replaced by another upload, or the load balancer sends a different one."""
    uploaded = e.refused(holding(replace(ITS, type="uploaded")), e.EXPIRED)
    text = judge(uploaded).next_steps[1].text
    assert "uploaded certificate is still valid and is for platform-api" in text
    assert "renew" not in text
    unknown = judge(e.refused(holding(), e.EXPIRED)).next_steps[1]
    assert unknown.command == "hcloud certificate list"
    assert "If it is managed, `renewal` and `error` show" in unknown.text


def test_the_api_alone_shows_it_if_the_probe_recorded_nothing() -> None:
    """All certificates have expired, or none is for the host."""
    other = replace(ITS, domain_names=("other.example",))
    assert judge(bare(holding(ITS))).cause == CAUSE.id
    assert judge(bare(holding(other))).cause == CAUSE.id
    valid = replace(ITS, not_valid_after=s.SINCE + timedelta(days=9))
    assert judge(bare(holding(ITS, valid))).cause == NOT_ESTABLISHED


def test_a_handshake_without_a_reason_is_no_refused_certificate() -> None:
    """The line of the balancer is faulty, and the first step shows its certificate."""
    judgement = judge(bare(s.balancer()))
    assert judgement.cause == NOT_ESTABLISHED
    line = next(h for h in judgement.path if h.hop is Hop.LOAD_BALANCER)
    assert line.state is HopState.FAULTY
    assert judgement.lead
    assert "keybuzz-lb ends TLS itself" in judgement.lead.observation
    command = judgement.next_steps[0].command
    assert "openssl s_client -connect platform-api.keybuzz.io:443" in (command or "")


def test_a_certificate_that_others_accept_is_not_refused() -> None:
    """A direct request verifies it and succeeds."""
    x = e.expired_at_balancer()
    assert x.run
    good = s.probe(Role.DIRECT, s.SINCE, s.OK)
    run = replace(x.run, probes=(*x.run.probes, good))
    assert answer(CAUSE, replace(x, run=run)) is Answer.UNKNOWN


def test_a_monitor_that_trusts_nobody_proves_nothing() -> None:
    """It refuses the control's certificate too."""
    x = e.expired_at_balancer()
    assert x.run
    control = s.probe(Role.CONTROL, s.SINCE, s.UNVERIFIED)
    run = replace(x.run, probes=(*x.run.probes, control))
    assert answer(CAUSE, replace(x, run=run)) is Answer.UNKNOWN


def test_another_machines_certificate_is_not_the_balancers() -> None:
    """The name leads elsewhere, or a CDN has its own certificate."""
    x = e.expired_at_balancer()
    assert x.run
    assert answer(CAUSE, replace(x, run=e.led_to(e.OLD, x.run))) is Answer.UNKNOWN
    assert answer(CAUSE, replace(x, target=e.CDN)) is Answer.UNKNOWN


def test_tls_that_succeeds_or_passes_on_refutes_it() -> None:
    """Users get a response; or a tcp service does not end TLS."""
    assert answer(CAUSE, s.no_target()) is Answer.REFUTED
    assert answer(CAUSE, e.expired_at_ingress()) is Answer.REFUTED


def test_without_a_handshake_it_cannot_be_tested() -> None:
    """The name does not resolve."""
    assert answer(CAUSE, e.no_name()) is Answer.UNKNOWN
