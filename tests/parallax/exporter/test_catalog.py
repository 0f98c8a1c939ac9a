"""Catalog: the same names in Prometheus, in OTLP, and in the documentation."""

import re

import pytest

from parallax.exporter import catalog
from tests.functions.template import ROOT
from tests.parallax.exporter.test_points import ALL

UNITS = {"s": "seconds"}
ROW = re.compile(r"^\| `(\w+)` \| .*?\| `([\w.]+)` \| (s?) ?\|", re.MULTILINE)


@pytest.mark.parametrize("metric", ALL, ids=lambda one: one.otlp)
def test_prometheus_s_translation_gives_the_scraped_name(
    metric: catalog.Metric,
) -> None:
    """Dots become underscores; a unit is appended, and without one nothing is.

    Source: OpenTelemetry, "Prometheus and OpenMetrics Compatibility": a gauge with the
    unit `1` would end in `_ratio`.
    """
    name = metric.otlp.replace(".", "_")
    unit = UNITS.get(metric.unit, "")
    assert metric.unit in {"", *UNITS}
    assert metric.prometheus == (f"{name}_{unit}" if unit else name)


def test_the_documentation_lists_every_metric_with_its_names() -> None:
    """And no other one."""
    rows = ROW.findall((ROOT / "docs/metrics.md").read_text())
    documented = {(name, otlp, unit.strip()) for name, otlp, unit in rows}
    assert documented == {(one.prometheus, one.otlp, one.unit) for one in ALL}


def test_every_metric_has_a_help_of_one_sentence() -> None:
    """It ends with a period, and has no line break."""
    for one in ALL:
        assert one.help.endswith(".")
        assert "\n" not in one.help
