"""Specification of `cdn-certificate-refused`."""

from dataclasses import replace

from parallax.causes.cdn_certificate_refused import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import Answer, Hop
from parallax.model.probe import Role
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def test_an_expired_certificate_of_the_cdn_is_named() -> None:
    """Direct requests verify the balancer's own certificate and succeed."""
    x = e.expired_at_cdn()
    judgement = judge(x)
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.CDN)
    first, second = ask(CAUSE, x).evidence
    assert "with the CDN at 198.51.100.7: its certificate" in first
    assert second == "direct requests to keybuzz-lb succeed, with TLS verified"
    show, console = judgement.next_steps
    assert "openssl s_client -connect 198.51.100.7:443" in (show.command or "")
    assert console.command == "dig +short CAA platform-api.keybuzz.io"


def test_a_handshake_without_a_reason_leaves_it_open() -> None:
    """Neither the certificate nor OpenSSL's reason was recorded."""
    x = e.expired_at_cdn()
    assert x.run
    bare = e.lost(x.run, certificate=None, error_detail="handshake failure")
    assert answer(CAUSE, replace(x, run=bare)) is Answer.UNKNOWN


def test_a_balancer_that_fails_too_or_was_not_asked_leaves_it_open() -> None:
    """Then the CDN is not alone, or nothing shows that it is."""
    x = e.expired_at_cdn()
    assert x.run
    bad = s.probe(Role.DIRECT, s.SINCE, s.UNVERIFIED)
    others = tuple(p for p in x.run.probes if p.role is not Role.DIRECT)
    for probes in ((*x.run.probes, bad), others):
        changed = replace(x, run=replace(x.run, probes=probes))
        assert answer(CAUSE, changed) is Answer.UNKNOWN


def test_without_a_cdn_and_with_tls_it_is_ruled_out() -> None:
    """Nobody declared a CDN; or the handshakes succeed."""
    assert answer(CAUSE, e.expired_at_balancer()) is Answer.REFUTED
    assert answer(CAUSE, e.cdn_alone()) is Answer.REFUTED
