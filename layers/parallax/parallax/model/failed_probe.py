"""FailedProbe: what a round keeps of a target's newest probe if it failed.

In: a first probe. Out: a few bytes, for the exported metrics: a failing run has an item
of its own, which costs a query for each target.
It does not: contain what the round's past has, such as start, status and error.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from parallax.model.probe import Phases, Probe
from parallax.model.wire import wired

_DIGITS = 4
"""Decimals of a second: a tenth of a millisecond."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class FailedProbe:
    """Seconds of a failed probe, and when the certificate that it got expires."""

    duration: float
    phases: Phases = field(default_factory=Phases)
    certificate_ends: datetime | None = None


def failed_probe(probe: Probe) -> FailedProbe | None:
    """Return what is kept of a probe; None: it did not fail."""
    if probe.healthy:
        return None
    names = Phases.__dataclass_fields__
    seconds = {name: getattr(probe.phases, name) for name in names}
    rounded = {k: round(s, _DIGITS) for k, s in seconds.items() if s is not None}
    return FailedProbe(
        duration=round(probe.duration, _DIGITS),
        phases=replace(probe.phases, **rounded),
        certificate_ends=probe.certificate.not_after if probe.certificate else None,
    )
