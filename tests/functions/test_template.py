"""The template: each function may do what its code does, and no failure is silent."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from parallax.probe import Plan
from tests.functions.template import (
    ALARMS,
    CODE,
    FUNCTIONS,
    MAPPINGS,
    RESOURCES,
    ROOT,
    STEPS,
    TEMPLATE,
    mentions,
    metrics,
)

PACKAGE = ROOT / "layers/parallax/parallax"
CALLS = {
    ".put_item": "dynamodb:PutItem",
    ".get_item": "dynamodb:GetItem",
    ".update_item": "dynamodb:UpdateItem",
    ".delete_item": "dynamodb:DeleteItem",
    ".query": "dynamodb:Query",
    ".scan": "dynamodb:Scan",
    ".get_paginator": "dynamodb:Query",
    ".send_message": "sqs:SendMessage",
    ".publish": "sns:Publish",
    "secret": "secretsmanager:GetSecretValue",
}
"""Method of boto3, or `parallax.aws.secret`, -> the action that it needs."""
BURY = ("stream.py", "bury")
MOVE = ("incidents/items.py", "get", "put")
SWEEP = ("incidents/items.py", "subjects", "unresolved", "get", "put")
DELIVER = (
    BURY,
    ("notify/marks.py", "has", "_update"),
    ("notify/waiting.py", "by_subject", "add", "image", "remove", "_change"),
    ("notify/routes.py", "send"),
)
REACHED: dict[str, tuple[tuple[str, ...], ...]] = {
    ".record": (("journal/dynamodb.py", "record", "_put_if"),),
    ".recent": (("journal/dynamodb.py", "recent", "_range", "_newest"),),
    ".addresses": (("journal/dynamodb.py", "addresses", "_range"),),
    "contents": (BURY,),
    "bury": (BURY,),
    ".bury": (BURY,),
    ".state": (("incidents/items.py", "glance"),),
    "move": (MOVE,),
    "move_all": (MOVE,),
    "sweep": (SWEEP,),
    "sweep_all": (SWEEP,),
    "sweep_advice": (SWEEP,),
    "deliver": DELIVER,
    "deliver_waiting": DELIVER,
    ".publish": (
        (
            "notify/publish.py",
            *("publish", "_go", "_send", "_mail", "_marks", "_mark"),
        ),
    ),
}
"""What a handler calls by name -> where that reaches AWS, and by which functions."""
WAITING = {"dynamodb:PutItem", "dynamodb:DeleteItem"}
"""What notify and publish need to keep a finding that waits, and to take it back."""


def names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a piece of code uses, attributes with a dot before them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield f".{node.attr}"
        elif isinstance(node, ast.Name):
            yield node.id


def handler_code(step: str) -> str:
    """Return the source of a step's handler."""
    return (ROOT / f"functions/{CODE[step]}/app.py").read_text()


def environment(step: str) -> dict[str, str]:
    """Return the environment that the template gives a step."""
    return properties(step)["Environment"]["Variables"]


def properties(step: str) -> Any:
    """Return the properties of a step's function."""
    return FUNCTIONS[f"{step.title()}Function"]


def needed(step: str) -> set[str]:
    """Return the actions that a step's code needs, read from the code."""
    called = set(names(ast.parse(handler_code(step))))
    actions = {CALLS["secret"]} if "secret" in called else set[str]()
    for name in called & set(REACHED):
        for file, *functions in REACHED[name]:
            for node in ast.walk(ast.parse((PACKAGE / file).read_text())):
                if isinstance(node, ast.FunctionDef) and node.name in functions:
                    actions |= {CALLS[n] for n in names(node) if n in CALLS}
    if CODE[step] == "notify":
        actions |= WAITING
    if "PARALLAX_ALERTS_TOPIC_ARN" not in environment(step):
        actions.discard("sns:Publish")
    return actions


def allowed(step: str) -> set[str]:
    """Return the actions that the template allows a step."""
    text = json.dumps(properties(step)["Policies"])
    return set(re.findall(r"(?:dynamodb|sqs|sns|secretsmanager):\w+|\*", text))


@pytest.mark.parametrize("step", STEPS)
def test_a_function_may_do_what_its_code_does_and_no_more(step: str) -> None:
    """Actions of its policy and calls of its code are the same."""
    assert allowed(step) == needed(step)


@pytest.mark.parametrize("step", STEPS)
def test_a_function_may_reach_the_places_that_its_environment_names(step: str) -> None:
    """The tables, queues and topic in its environment are those in its policy."""
    places = environment(step)
    policies = [p for p in properties(step)["Policies"] if not isinstance(p, str)]
    for name in RESOURCES:
        assert mentions(policies, name) == mentions(places, name), name


@pytest.mark.parametrize("step", STEPS)
def test_a_function_that_fails_is_told(step: str) -> None:
    """Its errors raise an alarm, or what it was to do goes to watched dead letters."""
    watched = {name for alarm in ALARMS.values() for _, name in metrics(alarm)}
    function = f"{step.title()}Function"
    letters = set(re.findall(r"\w+DeadLetters\b", json.dumps(properties(step))))
    assert letters <= watched
    assert letters or function in watched


def test_queue_and_mail_fail_independently() -> None:
    """Two functions with a mapping each: one has the queue, the other the topic."""
    assert MAPPINGS["NotifyFunction", "Incident"]["Stream"] == "Incidents.StreamArn"
    assert MAPPINGS["PublishFunction", "Incident"]["Stream"] == "Incidents.StreamArn"
    routes = {"PARALLAX_ALERTS_TOPIC_ARN", "PARALLAX_FINDINGS_QUEUE_URL"}
    assert set(environment("notify")) & routes == {"PARALLAX_ALERTS_TOPIC_ARN"}
    assert set(environment("publish")) & routes == {"PARALLAX_FINDINGS_QUEUE_URL"}


def test_the_parameters_defaults_are_the_code_s_own() -> None:
    """Who deploys without a parameter gets what the code would have chosen."""
    plan, parameters = Plan(), TEMPLATE["Parameters"]
    assert tuple(parameters["Resolvers"]["Default"].split(",")) == plan.resolvers
    repeat = parameters["RepeatSeconds"]
    assert repeat["Default"] == plan.interval
    last = (plan.repeats - 1) * repeat["MaxValue"]
    assert last + plan.shortest < plan.seconds
