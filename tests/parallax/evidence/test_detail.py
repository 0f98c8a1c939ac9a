"""Specification of what failing requests got: `parallax.evidence.detail`."""

from dataclasses import replace

import pytest

from parallax.evidence.detail import LENGTH, detail
from parallax.evidence.scene import Scene
from parallax.model.probe import ErrorType
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s


def failing(**fields: object) -> Snapshot:
    """Return users whose requests failed so."""
    x = s.taken(s.run(s.HANGS), s.balancer(), *s.reports())
    assert x.run
    probes = tuple(replace(p, **fields) if p.error_type else p for p in x.run.probes)  # type: ignore[arg-type]
    return replace(x, run=replace(x.run, probes=probes))


CUT = {"error_type": ErrorType.BODY_INCOMPLETE, "error_phase": "transfer"}
SEEN = {
    "no address of platform-api.keybuzz.io: 2 of 2 resolvers respond nxdomain; 1 of 1"
    " name servers of the zone respond nxdomain": e.no_name(),
    "the TLS handshake with 203.0.113.20 failed: its certificate"
    " (CN=platform-api.keybuzz.io, issued by CN=R11) expired at 2025-11-19 03:00 UTC": (
        e.expired_at_balancer()
    ),
    "the TLS handshake with 203.0.113.20 failed: wrong version number": failing(
        error_type=ErrorType.OTHER,
        error_phase="tls",
        error_detail="wrong version number.",
    ),
    "11 of 11 failing responses redirect to the requested URL itself": (
        e.redirected_to_itself()
    ),
    "11 of 11 failing responses redirect to https://www.keybuzz.io/": (
        e.redirected_elsewhere()
    ),
    "11 of 11 failing responses were cut after 1400 bytes of the body": failing(
        **CUT, status_code=200, body_bytes=1400
    ),
}


@pytest.mark.parametrize("text", SEEN)
def test_it_states_what_a_status_does_not(text: str) -> None:
    """The certificate, the name servers, the redirect's goal, the received bytes."""
    assert detail(Scene.of(SEEN[text])) == text


def test_a_status_says_it_all() -> None:
    """A 503 and a timeout need no detail; nor does a healthy target."""
    for x in (s.no_target(), failing(), s.healthy()):
        assert detail(Scene.of(x)) is None


def test_a_long_reason_is_cut() -> None:
    """A peer may send a text of any length."""
    x = failing(error_type=ErrorType.TLS, error_phase="tls", error_detail="x" * 999)
    assert len(detail(Scene.of(x)) or "") == LENGTH
