"""Ntfy: an alert as a notification of a topic.

In: a notice, the fields `ntfy_url` (with the topic as its last part) and, optional,
`ntfy_token`. Out: a POST.
It does not: use Markdown, or end a notification: the end is one more of them.
Source: ntfy, "Publishing": "Publish as JSON", priorities 1 to 5, at most three actions;
a message has at most 4,096 bytes, a longer one becomes a file; a topic's name has at
most 64 of `-_A-Za-z0-9`.
"""

import re
from typing import Any

from parallax.model.target import Severity
from parallax.routes.notice import Notice, Place
from parallax.routes.request import PlaceError, Request, json_request, needed

BYTES = 3900
_URL = re.compile(r"(?P<server>.+/)(?P<topic>[-_A-Za-z0-9]{1,64})/?")
_PRIORITIES = {Severity.CRITICAL: 5, Severity.WARNING: 4, Severity.INFO: 3}
ENDED = 3
ACTIONS = 3


def request(notice: Notice, place: Place) -> Request:
    """Return the request; raises `PlaceError` without a URL that names a topic."""
    found = _URL.fullmatch(needed(place, "ntfy_url"))
    if found is None:
        raise PlaceError("ntfy_url: expected https://<server>/<topic>")
    links = [
        {"action": "view", "label": link.text, "url": link.url} for link in notice.links
    ]
    document: dict[str, Any] = {
        "topic": found["topic"],
        "title": notice.title,
        "message": notice.text.encode()[:BYTES].decode(errors="ignore"),
        "priority": ENDED if notice.has_ended else _PRIORITIES[notice.severity],
        "tags": ["white_check_mark" if notice.has_ended else "rotating_light"],
        "actions": links[:ACTIONS],
    }
    if notice.links:
        document["click"] = notice.links[0].url
    token = place.get("ntfy_token", "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return json_request(found["server"], document, headers)
