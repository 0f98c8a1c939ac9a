"""Specification of the chat format: `parallax.notify.chat`."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from parallax.model.alert import Alert
from parallax.model.plain import plain
from parallax.notify.chat import DESCRIPTION, TITLE, chat
from tests.parallax.hostile import poisoned
from tests.parallax.notify.mail.drawn import DRAWN, LINK, two

TEXT = {"type": "string", "minLength": 1}
TEXTS = {"type": "array", "items": TEXT}
SCHEMA = {
    "type": "object",
    "required": ["version", "source"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "1.0"},
        "source": {"const": "custom"},
        "id": TEXT,
        "content": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "textType": {"const": "client-markdown"},
                "title": TEXT,
                "description": TEXT,
                "nextSteps": TEXTS,
                "keywords": TEXTS,
            },
        },
        "metadata": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "threadId": TEXT,
                "summary": TEXT,
                "eventType": TEXT,
                "relatedResources": TEXTS,
                "additionalContext": {"type": "object", "additionalProperties": TEXT},
            },
        },
    },
}
"""The custom notifications of Amazon Q Developer in chat applications, as its
administrator guide has them."""


def content(alert: Alert, link: str | None = None) -> dict[str, Any]:
    """Return the content of a valid message."""
    event = json.loads(chat(alert, link))
    Draft202012Validator(SCHEMA).validate(event)
    return event["content"]


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_each_alert_follows_the_schema(draw: Callable[[], Alert]) -> None:
    """With and without a link, within the limits."""
    for link in (LINK, None):
        got = content(draw(), link)
        assert len(got["title"]) <= TITLE
        assert len(got["description"]) <= DESCRIPTION


def test_a_channel_reads_state_impact_cause_and_command() -> None:
    """The first step's command stands in a block, and the link comes last."""
    got = content(two(), "https://see.example/?a=1&b=2")
    assert got["title"].startswith(":red_circle: DOWN 2 of 2 URLs on keybuzz-lb: ")
    assert got["description"].startswith("Users get 503 from 2 of 2 URLs on")
    assert "CAUSE (the load balancer, established)" in got["description"]
    assert got["description"].endswith("https://see.example/?a=1&amp;b=2")
    command, undo = got["nextSteps"][0].split("```")[1:]
    assert command.endswith("--health-check-port 31695")
    assert undo.endswith("--health-check-port 30081")
    assert got["keywords"][:3] == [
        "critical",
        "lb-health-check-wrong-port",
        "team=shop",
    ]


def test_a_group_is_one_thread() -> None:
    """From the first mail to the end."""
    events = [json.loads(chat(DRAWN[name]())) for name in ("two", "grown", "resolved")]
    assert len({event["metadata"]["threadId"] for event in events}) == 1
    kinds = [event["metadata"]["eventType"] for event in events]
    assert kinds == ["alert.firing", "alert.grown", "alert.resolved"]
    assert "nextSteps" not in events[-1]["content"]


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_a_hostile_text_controls_no_channel(draw: Callable[[], Alert]) -> None:
    """No terminal codes, no marks of direction."""
    text = chat(poisoned(draw()))
    assert "INJECTED" in text
    for part in strings(json.loads(text)["content"]):
        assert plain(part) == part


@given(st.text(), st.sampled_from(["<!channel>", "<@U1>", "[a](http://b)", "```", "&"]))
def test_a_name_mentions_nobody_and_links_nowhere(name: str, trap: str) -> None:
    """Slack and Teams show it as it is; a command keeps its brackets."""
    alert = named(two(), f"{name}{trap}{name}")
    for part in strings(json.loads(chat(alert))["content"]):
        assert "<" not in part
        assert ">" not in part
        words, *code = part.split("```")
        assert "](" not in words
        assert len(code) in {0, 2}


def named(alert: Alert, name: str) -> Alert:
    """Return the alert with a hostile title, target and command."""
    step = replace(alert.finding.next_steps[0], text=name, command=name)
    found = replace(alert.finding, title=name, target=name, next_steps=(step,))
    member = replace(alert.members[0], target=name, url=name)
    return replace(alert, finding=found, members=(member, *alert.members[1:]))


def strings(value: Any) -> list[str]:
    """Return every text in a value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in strings(part)]
    return [text for part in value for text in strings(part)]
