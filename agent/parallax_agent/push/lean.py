"""Lean: removes from a report what only a failure needs.

In: reports, one after the other. Out: the same reports; without headers and bodies
while all probes are healthy and the cluster has not changed since the last report.
It does not: remove a probe, a reading or a sighting.
"""

from dataclasses import replace
from datetime import UTC, datetime

from parallax.model.cluster import NodeReport, ReadingRef
from parallax.model.probe import Probe

_ANY_TIME = datetime.min.replace(tzinfo=UTC)


class LeanReports:
    """Remembers the digests of each target's last reading, and its problems."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[ReadingRef, tuple[str, ...]] | None] = {}

    def reduce(self, report: NodeReport) -> NodeReport:
        """Return the report, without headers and bodies if nothing changed."""
        before, now = self._last.get(report.target), _content(report)
        self._last[report.target] = now
        healthy = all(probe.healthy for probe in report.probes)
        if now is None or before != now or not healthy:
            return report
        return replace(
            report, probes=tuple(without_bodies(probe) for probe in report.probes)
        )


def _content(report: NodeReport) -> tuple[ReadingRef, tuple[str, ...]] | None:
    """Return what identifies a reading, whenever it was read."""
    ref = report.reading_ref
    return (replace(ref, read_at=_ANY_TIME), report.problems) if ref else None


def without_bodies(probe: Probe) -> Probe:
    """Return a probe without headers and body; `body_truncated` tells of one."""
    return replace(probe, headers=(), body="", body_truncated=probe.body_bytes > 0)
