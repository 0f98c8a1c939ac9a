"""Specification of `ingress-certificate-refused`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.causes.ingress_certificate_refused import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.evidence.certificates import FAKE
from parallax.model.judgement import Answer, Hop
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

TCP = e.with_services(s.balancer(), protocol="tcp")


def test_an_expired_certificate_behind_a_tcp_service_is_the_ingress_s() -> None:
    """The steps read the certificate, the Ingress and cert-manager's objects."""
    x = e.expired_at_ingress()
    judgement = judge(x)
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.INGRESS)
    assert (
        "which keybuzz-lb passes on to the ingress: its certificate"
        in (ask(CAUSE, x).evidence[0])
    )
    show, read, issuer = judgement.next_steps
    assert (show.command or "").startswith("openssl s_client -connect 203.0.113.20:443")
    assert read.command == "kubectl -n keybuzz describe ingress"
    assert "get certificate,certificaterequest" in (issuer.command or "")


@pytest.mark.parametrize("subject", FAKE)
def test_the_controllers_own_certificate_is_recognized(subject: str) -> None:
    """It appears if no Secret is valid for the host."""
    fake = replace(
        e.EXPIRED,
        subject=f"CN={subject}",
        names=("ingress.local",),
        not_after=s.SINCE + timedelta(days=300),
    )
    (fact,) = ask(CAUSE, e.refused(TCP, fake)).evidence
    assert "is the ingress controller's own default" in fact


def test_a_pod_that_ends_tls_leaves_it_open() -> None:
    """The Ingress passes TLS on."""
    key = "nginx.ingress.kubernetes.io/ssl-passthrough"
    x = s.with_reading(e.expired_at_ingress(), ingress_annotations=((key, "true"),))
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_data_that_is_not_tls_is_no_certificate() -> None:
    """The probe recorded no certificate, and another reason."""
    x = e.expired_at_ingress()
    assert x.run
    bare = e.lost(x.run, certificate=None, error_detail="wrong version number")
    answered = tuple(p for p in bare.probes if p.error_type)
    run = replace(bare, probes=answered)
    assert answer(CAUSE, replace(x, run=run)) is Answer.UNKNOWN


def test_an_https_service_and_a_passed_handshake_refute_it() -> None:
    """TLS ends before the ingress, or it succeeds."""
    assert answer(CAUSE, e.expired_at_balancer()) is Answer.REFUTED
    assert answer(CAUSE, s.no_target()) is Answer.REFUTED
