"""Metrics: the measurements of the probe, in CloudWatch's embedded metric format.

In: a run. Out: `probe_success`, `probe_http_status_code` and
`probe_http_duration_seconds` by phase, named as in blackbox_exporter. They are printed
at once, so that a function that is terminated loses none.
It does not: call CloudWatch, which reads the log. Import it before the first probe:
Powertools takes 50 ms.
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
