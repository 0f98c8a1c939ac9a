"""PagerDuty: an alert as an event of the Events API v2.

In: a notice, the fields `pagerduty_key` and `pagerduty_url`. Out: a POST.
It does not: open two incidents for one group: the group's id is the `dedup_key`.
Source: PagerDuty, "Send an alert event": `summary` 1,024 characters, `dedup_key` 255,
severity `critical`, `error`, `warning` or `info`; an event has at most 512 KB.
"""

from typing import Any

from parallax.model.finding import NotificationReason
from parallax.model.wire import encode
from parallax.routes.notice import Notice, Place
from parallax.routes.request import Request, cut, json_request, needed

SUMMARY = 1024
_NEWS = frozenset(NotificationReason) - {NotificationReason.REMINDER}


def request(notice: Notice, place: Place) -> Request:
    """Return the request; raises `PlaceError` without a key or URL."""
    document: dict[str, Any] = {
        "routing_key": needed(place, "pagerduty_key"),
        "event_action": _action(notice),
        "dedup_key": notice.group,
        "payload": {
            "summary": cut(notice.title, SUMMARY),
            "source": notice.source,
            "severity": notice.severity.value,
            "timestamp": encode(notice.at),
            "component": notice.place,
            "class": notice.cause,
            "custom_details": {"text": notice.text, **notice.facts},
        },
        "links": [{"href": link.url, "text": link.text} for link in notice.links],
        "client": "Parallax",
    }
    return json_request(needed(place, "pagerduty_url"), document)


def _action(notice: Notice) -> str:
    """Return the action; what is new about an acknowledged incident triggers it."""
    if notice.has_ended:
        return "resolve"
    known = notice.acknowledged_by and notice.turn not in _NEWS
    return "acknowledge" if known else "trigger"
