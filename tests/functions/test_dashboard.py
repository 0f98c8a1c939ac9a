"""The dashboard: valid with every option, and each metric on it exists.

Sources of the metrics of AWS: AWS Lambda Developer Guide, "Types of metrics for Lambda
functions" and "Monitoring Lambda function URLs"; Amazon DynamoDB Developer Guide,
"DynamoDB metrics and dimensions"; Amazon SQS and SNS Developer Guides, "Available
CloudWatch metrics". Of the layout: Amazon CloudWatch API Reference, "Dashboard Body
Structure and Syntax".
"""

import json
import re
from itertools import combinations
from typing import Any

import pytest

from parallax.metrics import Meter
from parallax.model.target_metrics import TargetMetrics
from tests.functions.template import (
    ALARMS,
    FUNCTIONS,
    RESOURCES,
    ROOT,
    TEMPLATE,
    of_type,
)
from tests.parallax.test_metrics import RUN, printed

OPTIONS = ("HasLinks", "HasRoutes", "HasExporter")
SUCCESS = ("HasTargetMetrics",)
PHASES = (*SUCCESS, "HasPhaseMetrics")
CASES = [(), ("HasLinks",), OPTIONS, SUCCESS, PHASES, (*OPTIONS, *PHASES)]
DOCUMENTED = {
    "AWS/Lambda": {
        "Invocations",
        "Errors",
        "Throttles",
        "Duration",
        "IteratorAge",
        "UrlRequestCount",
        "Url4xxCount",
        "Url5xxCount",
    },
    "AWS/DynamoDB": {
        "ConsumedReadCapacityUnits",
        "ConsumedWriteCapacityUnits",
        "ReadThrottleEvents",
        "WriteThrottleEvents",
    },
    "AWS/SQS": {"ApproximateNumberOfMessagesVisible", "NumberOfMessagesSent"},
    "AWS/SNS": {"NumberOfMessagesPublished", "NumberOfNotificationsFailed"},
}
ABOUT = {
    "FunctionName": ("Serverless::Function", ""),
    "TableName": ("DynamoDB::Table", ""),
    "QueueName": ("SQS::Queue", ".QueueName"),
    "TopicName": ("SNS::Topic", ".TopicName"),
}
"""Dimension -> type of the resource that its value names, and the attribute of it."""
FREE_METRICS = 50
"""Metrics of a dashboard without a charge ("Amazon CloudWatch pricing", free tier)."""
SEARCH = re.compile(r"SEARCH\('\{(\w+),([\w,]+)\} MetricName=\"(\w+)\"")


def text_of(value: Any, conditions: tuple[str, ...]) -> str:
    """Return a value of `!Sub` with these conditions: a text, an `!If` or a `!Join`."""
    if isinstance(value, str):
        return value
    if value[0] in TEMPLATE["Conditions"]:
        return text_of(value[1 if value[0] in conditions else 2], conditions)
    separator, parts = value
    return separator.join(text_of(part, conditions) for part in parts)


def rendered(conditions: tuple[str, ...]) -> Any:
    """Return the dashboard; a reference is the name of its resource."""
    body, variables = RESOURCES["StackDashboard"]["Properties"]["DashboardBody"]
    for name, value in variables.items():
        body = body.replace(f"${{{name}}}", text_of(value, conditions))
    return json.loads(re.sub(r"\$\{([^}]+)\}", r"\1", body))


def widgets(conditions: tuple[str, ...], kind: str) -> list[Any]:
    """Return the properties of all widgets of a kind."""
    found = rendered(conditions)["widgets"]
    return [one["properties"] for one in found if one["type"] == kind]


def rows(conditions: tuple[str, ...]) -> list[list[Any]]:
    """Return every metric that is not an expression, without its settings."""
    found = [row for w in widgets(conditions, "metric") for row in w["metrics"]]
    bare = [[part for part in row if isinstance(part, str)] for row in found]
    return [row for row in bare if row]


def emitted(metrics: str, capsys: Any) -> set[tuple[str, tuple[str, ...]]]:
    """Return name and dimensions of every metric that the functions print."""
    meter = Meter(TargetMetrics(metrics))
    meter.of_targets(2)
    meter.of_failing(1)
    meter.of_not_invoked(1)
    if meter.of_a_run:
        meter.of_a_run(RUN)
    return {
        (name, tuple(sorted({*dimensions, "service"})))
        for name, dimensions, _, _ in printed(capsys)
    }


@pytest.mark.parametrize("conditions", CASES)
def test_the_widgets_fill_the_grid_without_overlaps(
    conditions: tuple[str, ...],
) -> None:
    """24 columns, each row begins where the one above it ends."""
    cells: set[tuple[int, int]] = set()
    found = rendered(conditions)["widgets"]
    for one in found:
        own = {
            (x, y)
            for x in range(one["x"], one["x"] + one["width"])
            for y in range(one["y"], one["y"] + one["height"])
        }
        assert not own & cells, one["properties"]["title"]
        cells |= own
    assert cells == {(x, y) for x in range(24) for y in range(max(cells)[1] + 1)}
    assert len(found) <= 100


@pytest.mark.parametrize("conditions", CASES)
def test_every_metric_of_aws_is_documented_and_about_a_resource_of_the_stack(
    conditions: tuple[str, ...],
) -> None:
    """Namespace, name and dimension exist; an absent function has no row."""
    for namespace, name, *dimensions in rows(conditions):
        if namespace == "Parallax":
            continue
        assert name in DOCUMENTED[namespace]
        if not dimensions:  # all functions of the account
            assert (namespace, name) == ("AWS/Lambda", "Throttles")
            continue
        dimension, value = dimensions
        kind, attribute = ABOUT[dimension]
        logical = value.removesuffix(attribute) if attribute else value
        assert value == f"{logical}{attribute}"
        assert logical in of_type(kind)
        assert RESOURCES[logical].get("Condition") in {None, *conditions}


@pytest.mark.parametrize(
    ("metrics", "conditions"),
    [("none", OPTIONS), ("success", SUCCESS), ("phases", PHASES)],
)
def test_every_metric_of_parallax_is_printed(
    metrics: str, conditions: tuple[str, ...], capsys: Any
) -> None:
    """With the names and dimensions of the embedded metric format, for each option."""
    known = emitted(metrics, capsys)
    for namespace, name, *dimensions in rows(conditions):
        if namespace == "Parallax":
            assert dict([dimensions]) == {"service": "probe"}
            assert (name, ("service",)) in known
    found = SEARCH.findall(json.dumps(rendered(conditions)).replace('\\"', '"'))
    for namespace, dimensions, name in found:
        assert namespace == "Parallax"
        assert (name, tuple(sorted(dimensions.split(",")))) in known
    assert len(found) == {"none": 0, "success": 1, "phases": 3}[metrics]


@pytest.mark.parametrize("conditions", CASES)
def test_every_alarm_and_every_function_of_the_stack_is_on_it(
    conditions: tuple[str, ...],
) -> None:
    """None is missing, whatever the options."""

    def exists(name: str) -> bool:
        return RESOURCES[name].get("Condition") in {None, *conditions}

    (alarms,) = widgets(conditions, "alarm")
    assert sorted(alarms["alarms"]) == sorted(f"{n}.Arn" for n in ALARMS if exists(n))
    shown = {row[3] for row in rows(conditions) if row[1] == "Invocations"}
    assert shown == {name for name in FUNCTIONS if exists(name)}
    (log,) = widgets(conditions, "log")
    sources = set(re.findall(r"SOURCE '(\w+)'", log["query"]))
    assert sources == {name for name in of_type("Logs::LogGroup") if exists(name)}


@pytest.mark.parametrize("conditions", [(), OPTIONS])
def test_without_metrics_of_targets_the_dashboard_fits_the_free_tier(
    conditions: tuple[str, ...],
) -> None:
    """It has at most 50 metrics, and a widget in the stack's own region each."""
    assert len(rows(conditions)) <= FREE_METRICS
    for kind in ("metric", "log"):
        assert {w["region"] for w in widgets(conditions, kind)} == {"AWS::Region"}


def test_ids_are_unique_and_expressions_use_ids_of_their_widget() -> None:
    """CloudWatch rejects a dashboard otherwise."""
    for widget in widgets(PHASES, "metric"):
        settings = [row[-1] for row in widget["metrics"] if isinstance(row[-1], dict)]
        ids = [one["id"] for one in settings if "id" in one]
        assert len(ids) == len(set(ids))
        for one in settings:
            if "expression" in one and "SEARCH" not in one["expression"]:
                used = set(re.findall(r"\b[a-z]\w*\b", one["expression"]))
                assert used <= set(ids)


def test_a_stack_has_no_dashboard_unless_it_wants_one() -> None:
    """The fourth dashboard of an account costs more than a small stack."""
    assert TEMPLATE["Parameters"]["Dashboard"]["Default"] == "false"
    assert RESOURCES["StackDashboard"]["Condition"] == "HasDashboard"
    assert TEMPLATE["Outputs"]["DashboardUrl"]["Condition"] == "HasDashboard"


def test_the_documentation_describes_each_widget() -> None:
    """By its title."""
    page = (ROOT / "docs/metrics.md").read_text()
    everything = rendered((*OPTIONS, *PHASES))["widgets"]
    titles = {w["properties"].get("title") for w in everything} - {None}
    assert [title for title in titles if title not in page] == []


def test_no_two_widgets_have_the_same_title() -> None:
    """A reader finds each in the documentation."""
    everything = rendered((*OPTIONS, *PHASES))["widgets"]
    titles = [w["properties"].get("title", "") for w in everything]
    assert not [1 for a, b in combinations(titles, 2) if a == b]
