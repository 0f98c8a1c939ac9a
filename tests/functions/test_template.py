"""The template: each function may do what its code does, and no failure is silent."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from parallax.probe import Plan

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "layers/parallax/parallax"
STEPS = ("probe", "inspect", "ingest", "diagnose", "notify")
CALLS = {
    ".put_item": "dynamodb:PutItem",
    ".get_item": "dynamodb:GetItem",
    ".update_item": "dynamodb:UpdateItem",
    ".query": "dynamodb:Query",
    ".scan": "dynamodb:Scan",
    ".get_paginator": "dynamodb:Query",
    ".send_message": "sqs:SendMessage",
    ".publish": "sns:Publish",
    "secret": "secretsmanager:GetSecretValue",
}
"""Method of boto3, or `parallax.aws.secret`, -> the action that it needs."""
REACHED = {
    ".record": ("journal/dynamodb.py", "record", "_put_if"),
    ".recent": ("journal/dynamodb.py", "recent", "_range", "_newest"),
    ".addresses": ("journal/dynamodb.py", "addresses", "_range"),
    "contents": ("stream.py", "bury"),
    "bury": ("stream.py", "bury"),
    ".state": ("incidents/items.py", "glance"),
    "move_all": ("incidents/items.py", "get", "put"),
    "sweep": ("incidents/items.py", "subjects", "get", "put"),
    "sweep_advice": ("incidents/items.py", "subjects", "get", "put"),
    ".publish": (
        "notify/publish.py",
        *("publish", "_go", "_send", "_mail", "_marks", "_mark"),
    ),
}
"""What a handler calls by name -> where that reaches AWS, and by which functions."""


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


def names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a piece of code uses, attributes with a dot before them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield f".{node.attr}"
        elif isinstance(node, ast.Name):
            yield node.id


def needed(step: str) -> set[str]:
    """Return the actions that a step's code needs, read from the code."""
    called = set(names(ast.parse((ROOT / f"functions/{step}/app.py").read_text())))
    actions = {CALLS["secret"]} if "secret" in called else set[str]()
    for name in called & set(REACHED):
        file, *functions = REACHED[name]
        for node in ast.walk(ast.parse((PACKAGE / file).read_text())):
            if isinstance(node, ast.FunctionDef) and node.name in functions:
                actions |= {CALLS[n] for n in names(node) if n in CALLS}
    return actions


def allowed(step: str) -> set[str]:
    """Return the actions that the template allows a step."""
    text = json.dumps(RESOURCES[f"{step.title()}Function"]["Properties"]["Policies"])
    return set(re.findall(r"(?:dynamodb|sqs|sns|secretsmanager):\w+|\*", text))


@pytest.mark.parametrize("step", STEPS)
def test_a_function_may_do_what_its_code_does_and_no_more(step: str) -> None:
    """Actions of its policy and calls of its code are the same."""
    assert allowed(step) == needed(step)


@pytest.mark.parametrize("step", STEPS)
def test_a_function_that_fails_is_told(step: str) -> None:
    """Its errors raise an alarm, or what it was to do goes to watched dead letters."""
    watched = {
        reference
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
        and resource["Properties"]["AlarmActions"] == ["AlertsTopic"]
        for reference in re.findall(r"\w+", json.dumps(resource["Properties"]))
    }
    function = f"{step.title()}Function"
    text = json.dumps(RESOURCES[function]["Properties"])
    letters = set(re.findall(r"\w+DeadLetters\b", text))
    assert letters <= watched
    assert letters or function in watched


def test_every_queue_of_dead_letters_is_watched_and_every_log_ends() -> None:
    """Nothing lies where nobody looks, and nothing is kept for ever."""
    alarms = {
        resource["Properties"]["Dimensions"][0]["Value"]
        for resource in RESOURCES.values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    queues = {name for name in RESOURCES if name.endswith("DeadLetters")}
    assert {f"{queue}.QueueName" for queue in queues} <= alarms
    logs = [r for r in RESOURCES.values() if r["Type"] == "AWS::Logs::LogGroup"]
    assert len(logs) == len(STEPS)
    assert all("RetentionInDays" in log["Properties"] for log in logs)


@pytest.mark.parametrize("step", STEPS)
def test_a_function_names_failed_records_only_where_the_template_says_so(
    step: str,
) -> None:
    """Who promises partial answers and gives none has every batch taken for done."""
    code = (ROOT / f"functions/{step}/app.py").read_text()
    promised = "ReportBatchItemFailures" in json.dumps(
        RESOURCES[f"{step.title()}Function"]
    )
    assert promised == ("batchItemFailures" in code)


def test_the_parameters_defaults_are_the_code_s_own() -> None:
    """Who deploys without a parameter gets what the code would have chosen."""
    plan, parameters = Plan(), TEMPLATE["Parameters"]
    assert tuple(parameters["Resolvers"]["Default"].split(",")) == plan.resolvers
    repeat = parameters["RepeatSeconds"]
    assert repeat["Default"] == plan.interval
    last = (plan.repeats - 1) * repeat["MaxValue"]
    assert last + plan.shortest < plan.seconds
