"""Metrics: what the probe measured, in CloudWatch's embedded format on its log.

In: a run. Out: `probe_success`, `probe_http_status_code` and
`probe_http_duration_seconds` by phase, the names of blackbox_exporter, at once: a
function that is cut off has lost nothing of it.
It does not: call CloudWatch; the log does. Import it before probes are in flight:
powertools takes 50 ms.
Source of the names: blackbox_exporter, `prober/http.go`.
"""

import sys
from dataclasses import fields

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from parallax.model.probe import Phases, ProbeRun


def emit(run: ProbeRun) -> None:
    """Print the metrics of a run's first probe."""
    metrics = EphemeralMetrics(namespace="Parallax", service="probe")
    metrics.add_dimension("target", run.target)
    metrics.add_metric("probe_success", MetricUnit.Count, float(run.first.healthy))
    code = run.first.status_code or 0  # as blackbox_exporter: 0 is no answer
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
