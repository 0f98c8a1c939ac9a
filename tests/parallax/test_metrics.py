"""Metrics: as many as the parameter asks for, and none without a value."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from parallax.metrics import Meter
from parallax.model.probe import Phases, Probe, ProbeRun, Role
from parallax.model.target_metrics import TargetMetrics

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PROBE = Probe(
    role=Role.FIRST,
    request_id="r",
    url="https://front.example/",
    started_at=NOW,
    healthy=True,
    duration=0.1,
    status_code=200,
    phases=Phases(connect=0.01, tls=0.02),
)
RUN = ProbeRun(target="front", started_at=NOW, probes=(PROBE,))


def printed(capsys: Any) -> list[tuple[str, dict[str, str], float, str]]:
    """Return name, dimensions, value and unit of each metric that was printed."""
    found: list[tuple[str, dict[str, str], float, str]] = []
    for line in map(json.loads, capsys.readouterr().out.splitlines()):
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Parallax"
        (names,) = directive["Dimensions"]
        dimensions = {name: line[name] for name in names if name != "service"}
        found += [
            (m["Name"], dimensions, line[m["Name"]][0], m["Unit"])
            for m in directive["Metrics"]
        ]
    return found


@pytest.mark.parametrize(("metrics", "count"), [("success", 1), ("phases", 4)])
def test_the_parameter_says_how_many_metrics_a_target_has(
    capsys: Any, metrics: str, count: int
) -> None:
    """Success alone, or with the status code and each phase that was reached."""
    measure = Meter(TargetMetrics(metrics)).of_a_run
    assert measure is not None
    measure(RUN)
    found = printed(capsys)
    assert found[0] == ("probe_success", {"target": "front"}, 1.0, "Count")
    assert len(found) == count


def test_by_default_a_target_has_no_metric() -> None:
    """Each would cost as much as all its probes."""
    assert Meter().of_a_run is None


def test_the_metrics_of_the_stack_have_no_dimension_of_a_target(capsys: Any) -> None:
    """One value for each shard and minute; their sum is the stack's."""
    meter = Meter()
    meter.of_targets(150)
    meter.of_failing(2)
    meter.of_not_invoked(1)
    assert printed(capsys) == [
        ("targets", {}, 150.0, "Count"),
        ("targets_failing", {}, 2.0, "Count"),
        ("shards_not_invoked", {}, 1.0, "Count"),
    ]


def test_a_count_of_zero_is_not_printed(capsys: Any) -> None:
    """A metric without a value costs nothing."""
    Meter().of_failing(0)
    assert printed(capsys) == []
