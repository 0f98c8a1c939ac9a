"""Metrics: the measurements of the probe, in CloudWatch's embedded metric format.

In: the parameter Metrics, runs, and counts. Out: lines on standard output. They are
printed at once, so that a function that is terminated loses none. A metric without a
value costs nothing, so counts of zero are not printed.
It does not: call CloudWatch, which reads the log. Import it before the first probe:
Powertools takes 50 ms.

- Of the stack: `targets`, the watched targets, by each shard once a minute;
  `targets_failing`, and `shards_not_invoked`. Use the statistic Sum over a minute.
- Of a target, if the parameter is `success`: `probe_success`; if it is `phases` also
  `probe_http_status_code`, and `probe_http_duration_seconds` by phase.

Source of the names of a target's: blackbox_exporter, `prober/http.go`.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from parallax.model.probe import Phases, ProbeRun
from parallax.model.target_metrics import TargetMetrics

NAMESPACE = "Parallax"


@dataclass(frozen=True, slots=True)
class Meter:
    """Prints the metrics that the parameter Metrics asks for."""

    metrics: TargetMetrics = TargetMetrics.NONE

    @property
    def of_a_run(self) -> Callable[[ProbeRun], None] | None:
        """Print the metrics of a run's first probe; None: there are none."""
        if self.metrics is TargetMetrics.NONE:
            return None
        return emit if self.metrics is TargetMetrics.PHASES else emit_success

    def of_targets(self, count: int) -> None:
        """Print how many targets a shard watches."""
        _emit_count("targets", count)

    def of_failing(self, count: int) -> None:
        """Print how many targets of a shard fail."""
        _emit_count("targets_failing", count)

    def of_not_invoked(self, count: int) -> None:
        """Print how many shards could not be invoked."""
        _emit_count("shards_not_invoked", count)


def _emit_count(name: str, count: int) -> None:
    if not count:
        return
    metrics = _metrics()
    metrics.add_metric(name, MetricUnit.Count, count)
    metrics.flush_metrics()
    sys.stdout.flush()


def emit_success(run: ProbeRun) -> None:
    """Print whether a run's first probe succeeded."""
    metrics = _metrics()
    metrics.add_dimension("target", run.target)
    metrics.add_metric("probe_success", MetricUnit.Count, float(run.first.healthy))
    metrics.flush_metrics()
    sys.stdout.flush()


def emit(run: ProbeRun) -> None:
    """Print success, status and phases of a run's first probe."""
    metrics = _metrics()
    metrics.add_dimension("target", run.target)
    metrics.add_metric("probe_success", MetricUnit.Count, float(run.first.healthy))
    code = run.first.status_code or 0  # as in blackbox_exporter: 0 means no response
    metrics.add_metric("probe_http_status_code", MetricUnit.NoUnit, code)
    metrics.flush_metrics()
    for field in fields(Phases):
        seconds: float | None = getattr(run.first.phases, field.name)
        if seconds is not None:
            metrics.add_dimension("target", run.target)
            metrics.add_dimension("phase", field.name)
            metrics.add_metric(
                "probe_http_duration_seconds", MetricUnit.Seconds, seconds
            )
            metrics.flush_metrics()
    sys.stdout.flush()


def _metrics() -> EphemeralMetrics:
    return EphemeralMetrics(namespace=NAMESPACE, service="probe")
