"""The template as Python values, for the tests that read it.

In: template.yaml. Out: its resources, and what refers to what, by logical ids.
It does not: expand what SAM expands, or reach AWS.
"""

import json
import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
STEPS = (
    "probe",
    "inspect",
    "ingest",
    "diagnose",
    "notify",
    "report",
    "publish",
    "routes",
    "exporter",
)
CODE = {step: "notify" if step == "publish" else step for step in STEPS}
"""Folder of each step's code; notify's is deployed twice."""


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, `!Ref` and `!GetAtt`, as text."""


def _short(loader: Any, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


Loader.add_multi_constructor("!", _short)  # pyright: ignore[reportUnknownMemberType] - PyYAML has no types of its own
TEMPLATE: Any = yaml.load((ROOT / "template.yaml").read_text(), Loader)  # noqa: S506 - a SafeLoader of our own
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]


def of_type(kind: str) -> dict[str, Any]:
    """Return the properties of every resource of a type, by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in RESOURCES.items()
        if resource["Type"] == f"AWS::{kind}"
    }


ALARMS = of_type("CloudWatch::Alarm")
FUNCTIONS = of_type("Serverless::Function")
MAPPINGS = {
    (name, event): settings["Properties"]
    for name, function in FUNCTIONS.items()
    for event, settings in function.get("Events", {}).items()
    if settings["Type"] == "DynamoDB"
}
"""Properties of each stream mapping, by function and event."""


def mentions(value: Any, word: str) -> bool:
    """Return whether a value contains a name, e.g. in `X.Arn`."""
    return re.search(rf"\b{word}\b", json.dumps(value)) is not None


EVERY = "every function"
"""What a metric of AWS/Lambda without dimensions is about."""


def metrics(alarm: Any) -> list[tuple[str, str]]:
    """Return the billed metrics of an alarm: (`AWS/Lambda Errors`, logical id)."""
    stats = [
        m["MetricStat"]["Metric"] for m in alarm.get("Metrics", []) if "MetricStat" in m
    ]
    return [
        (f"{m['Namespace']} {m['MetricName']}", _about(m)) for m in stats or [alarm]
    ]


def _about(metric: Any) -> str:
    dimensions = metric.get("Dimensions", [])
    return dimensions[0]["Value"].split(".")[0] if dimensions else EVERY
