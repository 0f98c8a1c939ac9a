"""Heartbeat: removes from a report what only a failure needs.

In: reports, one after the other. Out: the same reports; without headers and bodies
while all probes are healthy and the cluster has not changed since the last report.
It does not: remove a probe, a reading or a sighting.
"""

from dataclasses import replace

from parallax.model.cluster import ClusterReading, NodeReport
from parallax.model.probe import Probe


class Heartbeat:
    """Remembers the last reading of each target."""

    def __init__(self) -> None:
        self._readings: dict[str, ClusterReading | None] = {}

    def reduce(self, report: NodeReport) -> NodeReport:
        """Return the report, or its heartbeat if nothing changed."""
        before = self._readings.get(report.target)
        self._readings[report.target] = report.reading
        if not _same(before, report.reading) or not all(
            probe.healthy for probe in report.probes
        ):
            return report
        return replace(
            report, probes=tuple(without_bodies(probe) for probe in report.probes)
        )


def _same(before: ClusterReading | None, now: ClusterReading | None) -> bool:
    """Tell whether two readings are equal, apart from the time they were read."""
    if before is None or now is None:
        return False
    return replace(before, read_at=now.read_at) == now


def without_bodies(probe: Probe) -> Probe:
    """Return a probe without headers and body; `body_truncated` tells of one."""
    return replace(probe, headers=(), body="", body_truncated=probe.body_bytes > 0)
