"""Opsgenie: an alert as requests of the Alert API v2.

In: a notice, the fields `opsgenie_key` and `opsgenie_url`. Out: requests: create, set
the priority, add a note, acknowledge, close.
It does not: open two alerts for one group: the group's id is the alias.
Source: Opsgenie, "Alert API": message 130 characters, description 15,000, note 25,000,
entity 512, source 100, details 8,000; priorities P1 to P5. A request to create an open
alias only counts it: its priority and text stay. Other requests for an alias that is
not open are accepted too, and have no effect.
"""

from dataclasses import replace
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


def requests(notice: Notice, place: Place) -> tuple[Request, ...]:
    """Return the requests, in order; raises `PlaceError` without a key or URL.

    A change first creates the alert: somebody may have closed it, or its first alert
    was not accepted. The note is last: a retry repeats what was accepted before it.
    """
    url = needed(place, "opsgenie_url").rstrip("/")
    headers = {"Authorization": f"GenieKey {needed(place, 'opsgenie_key')}"}
    alias = f"{url}/{quote(notice.group, safe='')}"

    def to(verb: str, document: dict[str, Any]) -> Request:
        return json_request(f"{alias}/{verb}?identifierType=alias", document, headers)

    note = _note(notice)
    if notice.has_ended:
        return (to("close", note),)
    if notice.turn is Turn.REMINDER and notice.acknowledged_by:
        return (to("acknowledge", note),)
    created = json_request(url, _alert(notice), headers)
    if notice.turn not in _CHANGES:
        return (created,)
    priority = to("priority", {"priority": _PRIORITIES[notice.severity]})
    return created, replace(priority, method="PUT"), to("notes", note)


def _note(notice: Notice) -> dict[str, Any]:
    note = f"{_escaped(notice.title)}\n\n{_escaped(notice.text)}"
    return {"source": cut(notice.source, SOURCE), "note": note}


def _alert(notice: Notice) -> dict[str, Any]:
    return {
        "message": cut(_escaped(notice.title), MESSAGE),
        "alias": notice.group,
        "description": cut(_escaped(notice.text), DESCRIPTION),
        "entity": cut(notice.place, ENTITY),
        "source": cut(notice.source, SOURCE),
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
