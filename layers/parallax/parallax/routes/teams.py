"""Teams: an alert as an Adaptive Card, for a workflow that receives webhooks.

In: a notice, the field `teams_url`. Out: a POST.
It does not: mention anybody: a `TextRun` is literal, and a card without `entities` has
no mention.
Source: Microsoft Teams, "Create incoming webhooks with Workflows"; Adaptive Cards
schema 1.4 (`RichTextBlock`, `TextRun`, `Action.OpenUrl`); a message has at most 28 KB.
"""

from typing import Any

from parallax.model.target import Severity
from parallax.routes.notice import Notice, Place
from parallax.routes.request import Request, json_request, needed

CARD = "application/vnd.microsoft.card.adaptive"
SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_COLORS = {
    Severity.CRITICAL: "Attention",
    Severity.WARNING: "Warning",
    Severity.INFO: "Accent",
}


def request(notice: Notice, place: Place) -> Request:
    """Return the request; raises `PlaceError` without a URL."""
    card = _card(notice)
    attachment = {"contentType": CARD, "contentUrl": None, "content": card}
    document = {"type": "message", "attachments": [attachment]}
    return json_request(needed(place, "teams_url"), document)


def _card(notice: Notice) -> dict[str, Any]:
    color = "Good" if notice.has_ended else _COLORS[notice.severity]
    title = {
        "type": "TextRun",
        "text": notice.title,
        "size": "Large",
        "weight": "Bolder",
        "color": color,
    }
    card: dict[str, Any] = {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": notice.title,
        "msteams": {"width": "Full"},
        "body": [_block(title, "None"), *_lines(notice.text)],
    }
    if notice.links:
        card["actions"] = [
            {"type": "Action.OpenUrl", "title": link.text, "url": link.url}
            for link in notice.links
        ]
    return card


def _lines(text: str) -> list[dict[str, Any]]:
    """Return one block for each line; an empty line separates paragraphs."""
    blocks: list[dict[str, Any]] = []
    spacing = "Medium"
    for line in text.splitlines():
        if not line.strip():
            spacing = "Medium"
            continue
        blocks.append(_block({"type": "TextRun", "text": line}, spacing))
        spacing = "None"
    return blocks


def _block(run: dict[str, Any], spacing: str) -> dict[str, Any]:
    return {"type": "RichTextBlock", "spacing": spacing, "inlines": [run]}
