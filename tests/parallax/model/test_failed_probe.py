"""FailedProbe: a few bytes of a probe that failed, and nothing of another one."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parallax.model.failed_probe import FailedProbe, failed_probe
from parallax.model.probe import Certificate, Phases, Probe, Role
from parallax.model.round import TargetRound
from parallax.model.wire import decode, encode

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PROBE = Probe(
    role=Role.FIRST,
    request_id="r",
    url="https://front.example/",
    started_at=NOW,
    healthy=False,
    duration=1.234567,
    phases=Phases(connect=0.0123456, tls=0.02),
    certificate=Certificate(subject="CN=x", issuer="CN=y", not_after=NOW),
)


def test_a_healthy_probe_has_none() -> None:
    """Its run is in the round."""
    assert failed_probe(replace(PROBE, healthy=True)) is None


def test_seconds_are_rounded_to_a_tenth_of_a_millisecond() -> None:
    """A phase that was not reached stays unknown."""
    found = failed_probe(PROBE)
    assert found == FailedProbe(
        duration=1.2346, phases=Phases(connect=0.0123, tls=0.02), certificate_ends=NOW
    )


@pytest.mark.parametrize("probe", [PROBE, replace(PROBE, certificate=None)])
def test_a_round_keeps_it(probe: Probe) -> None:
    """In JSON of less than 150 bytes, and back."""
    one = TargetRound(target="front", failed=failed_probe(probe))
    text = json.dumps(encode(one.failed), separators=(",", ":"))
    assert len(text) < 150
    assert decode(TargetRound, encode(one)) == one


def test_a_round_of_an_earlier_version_has_none() -> None:
    """It is read as before."""
    old = {"target": "front", "past": [{"started_at": "2026-11-20T03:00:00Z"}]}
    old["past"][0]["healthy"] = False  # type: ignore[index]
    found = decode(TargetRound, old)
    assert found.failed is None
    assert found.past[0].started_at + timedelta() == NOW
