"""Trial: a test alert and its end, sent to one receiver at once, by hand.

In: the name of a receiver. Out: what the receiver answered to each.
It does not: use the queue, write marks, or name a real target.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from parallax.aws import SecretError
from parallax.model.finding import NotificationReason
from parallax.model.plain import json_text
from parallax.model.wire import encode
from parallax.notify.alert_event import TYPE
from parallax.routes.attempt import send_to
from parallax.routes.kinds import KINDS
from parallax.routes.notice import notice_of
from parallax.routes.sending import RejectedError, UnavailableError
from parallax.settings import Settings

TEXT = """This is a test of Parallax's route {name}. No service fails.
The end of the test follows at once.
A real alert states here what users get, the cause and the next command."""


def try_route(name: str, settings: Settings) -> dict[str, Any]:
    """Send a test alert and its end; return the answers.

    Raises `ValueError` for a receiver that the stack does not have.
    """
    if name not in settings.routes or name not in KINDS:
        known = ", ".join(settings.routes) or "none"
        raise ValueError(f"{name}: not a route of this stack; expected one of: {known}")
    now, group = datetime.now(UTC), str(uuid4())
    turns = (NotificationReason.FIRING, NotificationReason.RESOLVED)
    return {turn.value: _answer(name, group, turn, settings, now) for turn in turns}


def _answer(
    name: str,
    group: str,
    turn: NotificationReason,
    settings: Settings,
    now: datetime,
) -> str:
    notice = notice_of(json_text(_event(name, group, turn, settings, now)), now)
    try:
        return f"accepted, HTTP {send_to(name, notice, settings)}"
    except (RejectedError, UnavailableError, SecretError) as error:
        return f"not accepted: {error}"


def _event(
    name: str,
    group: str,
    turn: NotificationReason,
    settings: Settings,
    now: datetime,
) -> dict[str, Any]:
    """Return the event of a test alert, which no schema of a finding describes."""
    ended = turn is NotificationReason.RESOLVED
    state = "TEST RESOLVED" if ended else "TEST"
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": settings.source,
        "type": TYPE,
        "subject": f"group/{group}",
        "time": encode(now),
        "datacontenttype": "application/json",
        "data": {
            "group": group,
            "turn": turn.value,
            "at": encode(now),
            "since": encode(now),
            "cause": "test",
            "place": {"kind": "monitor", "name": "Parallax"},
            "severity": "info",
            "mail": {
                "subject": f"{state} Parallax route {name}",
                "text": TEXT.format(name=name),
            },
        },
    }
