"""Heartbeat: a report that says no more than that nothing changed.

In: reports, one after the other. Out: the same, without what only a failure needs
(headers and bodies) while all is well and the cluster is as it was told last.
It does not: leave out a probe, a reading or a sighting: what was seen stays seen.
"""

from dataclasses import replace

from parallax.model.cluster import ClusterReading, NodeReport
from parallax.model.probe import Probe


class Heartbeat:
    """Remembers the last reading of each target."""

    def __init__(self) -> None:
        self._told: dict[str, ClusterReading | None] = {}

    def reduce(self, report: NodeReport) -> NodeReport:
        """Return the report, or its heartbeat if it holds nothing new."""
        before = self._told.get(report.target)
        self._told[report.target] = report.reading
        if not _same(before, report.reading) or not all(
            probe.healthy for probe in report.probes
        ):
            return report
        return replace(
            report, probes=tuple(without_bodies(probe) for probe in report.probes)
        )


def _same(before: ClusterReading | None, now: ClusterReading | None) -> bool:
    """Say whether the cluster is as it was, whenever it was read."""
    if before is None or now is None:
        return False
    return replace(before, read_at=now.read_at) == now


def without_bodies(probe: Probe) -> Probe:
    """Return the probe without headers and body; that there was one stays told."""
    return replace(probe, headers=(), body="", body_truncated=probe.body_bytes > 0)
