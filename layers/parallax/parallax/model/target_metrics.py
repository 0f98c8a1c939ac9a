"""TargetMetrics: which metrics of each target the probe prints.

In: the parameter Metrics. Out: one of its values. It does not: print a metric.
"""

from enum import StrEnum


class TargetMetrics(StrEnum):
    """The values of the parameter."""

    NONE = "none"
    SUCCESS = "success"
    PHASES = "phases"
    """Success, status code and phases."""
