"""Refusal: the page for a request that gets no incident, and what to do then.

In: a status and a reason. Out: a page. It does not: repeat any part of the request, or
say more about an invalid link than that it is invalid.
"""

from datetime import datetime

from parallax.links.signature import LIFETIME
from parallax.notify.paragraph import clock
from parallax.report.commands import command
from parallax.report.elements import document, element
from parallax.report.response import Response
from parallax.report.style import CSS

NEWER = "Open the newest mail about the incident and use its link."
BY_HAND = "With access to the AWS account, this lists the open incidents:"
COMMAND = "parallax incidents"


def invalid() -> Response:
    """Return the page for a link that this stack did not sign with its present key."""
    return _page(
        403,
        "This link is not valid",
        "Perhaps your mail program cut it off, or all earlier links were revoked.",
        NEWER,
    )


def expired(at: datetime) -> Response:
    """Return the page for a link that this stack signed."""
    days = LIFETIME.days
    return _page(
        410,
        "This link has expired",
        f"A link works for {days} days; this one worked until {clock(at)}.",
        NEWER,
    )


def missing() -> Response:
    """Return the page for a valid link to an incident that is no longer stored."""
    return _page(404, "This incident is no longer stored", NEWER)


def unreadable() -> Response:
    """Return the page for an incident whose item is damaged."""
    text = "Its stored data is damaged. The mail has the same content."
    return _page(500, "This incident cannot be shown", text)


def unavailable() -> Response:
    """Return the page for an error of AWS."""
    text = "Nothing was changed. Try again in a minute."
    return _page(503, "Temporarily unavailable", text)


def no_snapshot(status_code: int, text: str, url: str = "") -> Response:
    """Return the page for a snapshot that cannot be sent; `url`: where it is."""
    judge = f"parallax judge {url}" if url else COMMAND
    return _page(status_code, "The snapshot cannot be sent", text, by_hand=judge)


def rejected(status_code: int, text: str) -> Response:
    """Return the page for a request that is none of the report's."""
    return _page(status_code, "This request is not supported", text)


def _page(
    status_code: int, title: str, *texts: str, by_hand: str = COMMAND
) -> Response:
    body = element(
        "main",
        element("h1", title),
        *(element("p", text) for text in texts),
        element("p", BY_HAND) if by_hand == COMMAND else None,
        command(by_hand),
    )
    return Response(status_code, document(title, CSS, body))
