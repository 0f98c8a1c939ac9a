"""Metrics: the last probe of every hop, under blackbox_exporter's metric names.

In: the last probe of every hop, the state of the buffer. Out: a registry for
Prometheus. It does not: serve it (`parallax_agent.serving.server` does), or count user
traffic.
Source of the names: blackbox_exporter, `prober/http.go` and `prober/handler.go`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from parallax.model.probe import Phases, Probe

LABELS = ("target", "role", "peer_node")
type Family = GaugeMetricFamily | CounterMetricFamily


class Metrics(Collector):
    """Holds the last probe of every hop; what is removed disappears with an update."""

    def __init__(self, buffered: Callable[[], int], dropped: Callable[[], int]) -> None:
        self._buffered = buffered
        self._dropped = dropped
        self._probes: Mapping[str, Sequence[Probe]] = {}
        self._seen_at = 0.0
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def update(self, probes: Mapping[str, Sequence[Probe]]) -> None:
        """Set the last probe of every hop of each target, at the end of a cycle."""
        self._probes, self._seen_at = probes, time.time()

    def collect(self) -> Iterator[Family]:
        """Yield every metric family."""
        yield from _of_probes(self._probes)
        yield _plain(
            "parallax_agent_last_cycle_timestamp_seconds",
            "Unix time at which the last cycle ended.",
            self._seen_at,
        )
        yield _plain(
            "parallax_agent_buffered_pushes",
            "Number of pushes that wait to be sent to ingest.",
            self._buffered(),
        )
        dropped = CounterMetricFamily(
            "parallax_agent_dropped_reports",
            "Number of reports dropped because the buffer was full.",
        )
        dropped.add_metric([], self._dropped())
        yield dropped


def _plain(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)


def _of_probes(probes: Mapping[str, Sequence[Probe]]) -> Iterator[GaugeMetricFamily]:
    success = GaugeMetricFamily(
        "probe_success",
        "Whether the response was healthy by the target's definition.",
        labels=LABELS,
    )
    code = GaugeMetricFamily(
        "probe_http_status_code",
        "HTTP status code; 0 means no response.",
        labels=LABELS,
    )
    total = GaugeMetricFamily(
        "probe_duration_seconds", "Duration of the probe in seconds.", labels=LABELS
    )
    phases = GaugeMetricFamily(
        "probe_http_duration_seconds",
        "Duration of each phase of the request in seconds.",
        labels=(*LABELS, "phase"),
    )
    for labels, probe in _by_labels(probes):
        success.add_metric(labels, float(probe.healthy))
        code.add_metric(labels, probe.status_code or 0)
        total.add_metric(labels, probe.duration)
        for field in fields(Phases):
            seconds: float | None = getattr(probe.phases, field.name)
            if seconds is not None:
                phases.add_metric([*labels, field.name], seconds)
    yield from (success, code, total, phases)


def _by_labels(
    probes: Mapping[str, Sequence[Probe]],
) -> Iterator[tuple[list[str], Probe]]:
    """Yield one probe per set of labels; of several pods, an unhealthy one."""
    by_labels: dict[tuple[str, ...], Probe] = {}
    for target, every in probes.items():
        for probe in every:
            labels = target, probe.role.value, probe.peer_node or ""
            if labels not in by_labels or not probe.healthy:
                by_labels[labels] = probe
    for labels, probe in by_labels.items():
        yield list(labels), probe
