"""Opsgenie: an alert as a request of the Alert API v2.

In: a notice, the fields `opsgenie_key` and `opsgenie_url`. Out: a POST: create, add a
note, acknowledge, or close.
It does not: open two alerts for one group: the group's id is the alias.
Source: Opsgenie, "Alert API": message 130 characters, description 15,000, note 25,000,
entity 512, source 100, details 8,000; priorities P1 to P5. A request to create an open
alias only counts it, so a change is a note.
"""

from itertools import islice
from typing import Any
from urllib.parse import quote

from parallax.model.finding import NotificationReason as Turn
from parallax.model.target import Severity
from parallax.routes.notice import Notice, Place
from parallax.routes.request import Request, cut, json_request, needed

MESSAGE, DESCRIPTION, SOURCE, ENTITY = 130, 15_000, 100, 512
LABELS = 5
"""With them, the details have less than 8,000 characters."""
_PRIORITIES = {Severity.CRITICAL: "P1", Severity.WARNING: "P3", Severity.INFO: "P5"}
_CHANGES = frozenset({Turn.CAUSE_CHANGED, Turn.TREND_CHANGED, Turn.GROWN})


def request(notice: Notice, place: Place) -> Request:
    """Return the request; raises `PlaceError` without a key or URL."""
    url = needed(place, "opsgenie_url").rstrip("/")
    headers = {"Authorization": f"GenieKey {needed(place, 'opsgenie_key')}"}
    verb, document = _call(notice)
    if verb:
        alias = quote(notice.group, safe="")
        url = f"{url}/{alias}/{verb}?identifierType=alias"
    return json_request(url, document, headers)


def _call(notice: Notice) -> tuple[str, dict[str, Any]]:
    """Return what to do with the group's alert, and the body; empty: create it."""
    source, title = cut(notice.source, SOURCE), _escaped(notice.title)
    text = _escaped(notice.text)
    note = {"source": source, "note": f"{title}\n\n{text}"}
    if notice.has_ended:
        return "close", note
    if notice.turn in _CHANGES:
        return "notes", note
    if notice.acknowledged_by:
        return "acknowledge", note
    return "", {
        "message": cut(title, MESSAGE),
        "alias": notice.group,
        "description": cut(text, DESCRIPTION),
        "entity": cut(notice.place, ENTITY),
        "source": source,
        "priority": _PRIORITIES[notice.severity],
        "tags": ["parallax", notice.severity.value],
        "details": notice.facts
        | dict(islice(notice.labels.items(), LABELS))
        | {link.text.lower(): link.url for link in notice.links},
    }


def _escaped(text: str) -> str:
    """Return a text without markup: the web page of an alert reads HTML in it."""
    return text.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}").replace(
        ">", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
    )
