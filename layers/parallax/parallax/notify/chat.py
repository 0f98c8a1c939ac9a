"""Chat: an alert in the format of Amazon Q Developer in chat applications.

In: an alert, a link to its incident. Out: JSON text for a topic to which a Slack or
Teams channel of Amazon Q Developer subscribes. All alerts of a group form one thread.
It does not: send, or use the alerts topic: Amazon Q Developer subscribes by https, and
drops every message that has not this format.
Source: Amazon Q Developer in chat applications, "Custom notifications", event schema
(`version` and `source` are required; `client-markdown` is the only text type). Public
senders cut a title at 250 and a description at 8,000 characters.
"""

import re

from parallax.model.alert import Alert
from parallax.model.finding import ENDS, NotificationReason
from parallax.model.judgement import NextStep
from parallax.model.plain import json_text, plain
from parallax.notify.mail import subject
from parallax.notify.mail.affected import affected
from parallax.notify.mail.cause import cause
from parallax.notify.mail.change import change
from parallax.notify.mail.ending import ending
from parallax.notify.mail.impact import impact
from parallax.notify.mail.subject import is_monitor
from parallax.notify.paragraph import sentence

TITLE, DESCRIPTION, STEP = 250, 8000, 1000
"""Characters."""
STEPS, RESOURCES = 4, 10
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""Slack reads `<...>` as a link or a mention, also in code."""
_IN_TEXT = _MARKUP | str.maketrans({"[": "(", "]": ")", "`": "'"})
"""Teams reads `[text](address)` as a link."""
_CUT_ENTITY = re.compile(r"&[a-z]{0,3}$")


def chat(alert: Alert, link: str | None = None) -> str:
    """Return the message of an alert for a channel."""
    finding = alert.finding
    title = _text(subject.write(alert), TITLE)
    content = {
        "textType": "client-markdown",
        "title": f"{_MARKS.get(alert.turn, _FIRING)} {title}",
        "description": _description(alert, link),
        "nextSteps": [_step(step) for step in finding.next_steps[:STEPS]],
        "keywords": [_text(word, TITLE) for word in _keywords(alert)],
    }
    metadata = {
        "threadId": alert.group,
        "summary": title,
        "eventType": f"alert.{alert.turn.value}",
        "relatedResources": [_text(name, TITLE) for name in _targets(alert)],
        "additionalContext": {"group": alert.group, "finding": finding.id},
    }
    if alert.turn in ENDS:
        content.pop("nextSteps")
    event = {
        "version": "1.0",
        "source": "custom",
        "id": alert.id,
        "content": content,
        "metadata": metadata,
    }
    return json_text(event)


_FIRING = ":red_circle:"
_MARKS = {
    NotificationReason.RESOLVED: ":white_check_mark:",
    NotificationReason.MERGED: ":left_right_arrow:",
}
"""Short codes of emoji, which Slack and Teams show."""


def _description(alert: Alert, link: str | None) -> str:
    finding = alert.finding
    if alert.turn in ENDS:
        parts = ending(alert, "")[:1]
    elif is_monitor(finding):
        parts = (sentence(finding.title),)
    else:
        parts = (change(alert), impact(alert), cause(finding), affected(alert))
    text = _text("\n\n".join(part for part in parts if part), DESCRIPTION)
    if link is None:
        return text
    line = f"See, acknowledge, mute: {link.translate(_MARKUP)}"
    return f"{text[: DESCRIPTION - len(line) - 2]}\n\n{line}"


def _step(step: NextStep) -> str:
    """Return a step; its command stands in a block that keeps it as it is."""
    text = _text(step.text, STEP)
    if step.command is None:
        return text
    command = plain(step.command).replace("```", "'''").translate(_MARKUP)
    undo = f"\nUndo: {_text(step.way_back, STEP)}" if step.way_back else ""
    return f"{text}\n```{command}```{undo}"


def _text(text: str, limit: int) -> str:
    """Return text from the network that forms no link, mention or code."""
    return _CUT_ENTITY.sub("", plain(text).translate(_IN_TEXT)[:limit])


def _keywords(alert: Alert) -> list[str]:
    labels = [f"{key}={value}" for key, value in alert.labels]
    return [alert.severity.value, alert.cause, *labels][:RESOURCES]


def _targets(alert: Alert) -> list[str]:
    names = [member.target for member in alert.failing] or [*alert.recovered]
    return names[:RESOURCES]
