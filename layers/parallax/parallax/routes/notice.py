"""Notice: what every receiver shows of an alert, from the alert's event.

In: an alert's CloudEvent as text, an instant. Out: a frozen value: the mail's subject
and first lines, links, facts. A chat never states what the mail does not.
It does not: escape anything for a receiver; each format does.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from parallax.model.finding import ENDS, NotificationReason
from parallax.model.plain import plain, plain_line
from parallax.model.target import Severity
from parallax.model.web_url import problem, without_secret_values
from parallax.notify.alert_event import TYPE
from parallax.notify.event import ADVICE_TYPE
from parallax.notify.event import TYPE as FINDING_TYPE
from parallax.notify.paragraph import clock, span
from parallax.routes.request import cut

type Place = Mapping[str, str]
"""Where a receiver is: the fields of the stack's secret."""
type Json = Mapping[str, Any]

OTHERS = frozenset({FINDING_TYPE, ADVICE_TYPE})
"""What else the findings topic sends."""

LINES = 12
"""Impact, cause, the next command and the link are in a mail's first lines."""
LONGEST = 1800
"""UTF-16 units of the text; every receiver accepts more."""
LATE = timedelta(minutes=10)
"""Age of an alert from which on its text mentions the delay."""
NAMED = 10
"""Targets that the facts name."""
TITLE, FACT, NAME, URL = 250, 300, 50, 1500
"""UTF-16 units of a title, a fact, a label's name, a URL."""
UNNAMED = "Parallax alert"
"""The title of an alert without one: no receiver accepts an empty text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page to open: an http or https URL."""

    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An alert in a few lines, at the instant `now` of an attempt to send it.

    `number` counts the alerts of a group. `muted`: people shall not learn it; systems
    that keep an open alert shall.
    """

    event: Json
    id: str
    group: str
    number: int
    source: str
    turn: NotificationReason
    severity: Severity
    at: datetime
    since: datetime
    now: datetime
    title: str
    text: str
    cause: str
    place: str
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    targets: str = ""
    runbook: str | None = None
    url: str | None = None
    page: str | None = None
    acknowledged_by: str | None = None
    muted: bool = False

    @property
    def has_ended(self) -> bool:
        """Say whether receivers close what they keep open of the group."""
        return self.turn in ENDS

    @property
    def links(self) -> tuple[Link, ...]:
        """What can be opened: the incident's page, the runbook, the target."""
        given = (
            ("Incident", self.page),
            ("Runbook", self.runbook),
            ("Target", self.url),
        )
        return tuple(Link(text=text, url=url) for text, url in given if url)

    @property
    def facts(self) -> dict[str, str]:
        """Short facts, each on one line."""
        facts = {
            "group": self.group,
            "turn": self.turn.value,
            "cause": self.cause,
            "place": self.place,
            "since": clock(self.since),
            "targets": self.targets,
            "acknowledged_by": self.acknowledged_by or "",
        }
        return {name: text for name, text in facts.items() if text}


class OtherEventError(Exception):
    """The text holds a finding or advice, which no receiver gets."""


def notice_of(body: str, now: datetime) -> Notice:
    """Return the notice in a queue's text.

    Raises `OtherEventError`, and `ValueError` for what the topic does not send.
    """
    try:
        event: Json = json.loads(body)
        if event.get("type") in OTHERS:
            raise OtherEventError(event["type"])
        if event.get("type") != TYPE:
            raise ValueError(f"type: expected {TYPE}, got {event.get('type')!r}")
        return _notice(event, now)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not an alert: {type(error).__name__}: {error}") from error


def _notice(event: Json, now: datetime) -> Notice:
    data: Json = event["data"]
    finding: Json = data.get("finding", {})
    place: Json = data.get("place", {})
    at = _instant(data["at"])
    title = cut(plain_line(data["mail"]["subject"]).strip(), TITLE) or UNNAMED
    page = _signed(data.get("link"))
    text = _late(at, now) + (_beginning(data["mail"]["text"], page) or title)
    acknowledged: Json = data.get("acknowledged") or {}
    return Notice(
        event=event,
        id=event["id"],
        group=data["group"],
        number=int(data.get("number", 0)),
        source=event["source"],
        turn=NotificationReason(data["turn"]),
        severity=Severity(data.get("severity", Severity.CRITICAL)),
        at=at,
        since=_instant(data["since"]),
        now=now,
        title=title,
        text=cut(plain(text), LONGEST),
        cause=_line(data["cause"]),
        place=_line(f"{place.get('kind', '')} {place.get('name', '')}".strip()),
        labels=dict(_labels(data.get("labels", {}))),
        targets=_targets(data),
        runbook=_page(finding.get("runbook")),
        url=_page(finding.get("url")),
        page=page,
        acknowledged_by=_line(acknowledged["by"]) if acknowledged else None,
        muted=bool(data.get("muted", False)),
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _line(text: str) -> str:
    return cut(plain_line(text), FACT)


def _late(at: datetime, now: datetime) -> str:
    """Return that an old alert describes an old state; empty: it is new."""
    if now - at < LATE:
        return ""
    text = f"This alert was delayed by {span(now - at)}. It describes the state at"
    return f"{text} {clock(at)}.\n\n"


def _beginning(body: str, page: str | None) -> str:
    """Return the first lines of a mail, without its footer and the line of its link.

    Each receiver shows the link in its own way.
    """
    lines = body.partition("\n-- \n")[0].splitlines()
    kept = [line for line in lines if page is None or page not in line]
    return "\n".join(kept[:LINES]).strip()


def _labels(labels: Json) -> Iterator[tuple[str, str]]:
    """Yield each label; of targets with different values all of them."""
    for key, values in labels.items():
        listed = cast("list[object]", values) if isinstance(values, list) else [values]
        yield cut(key, NAME), _line(", ".join(map(str, listed)))


def _targets(data: Json) -> str:
    failing = [
        m["target"] for m in (*data.get("members", ()), *data.get("pending", ()))
    ]
    names: list[str] = failing or [*data.get("recovered", ())]
    counts: Mapping[str, int] = data.get("counts", {})
    total = counts.get("failing" if failing else "recovered", len(names))
    more = f" and {total - NAMED} more" if total > NAMED else ""
    return _line(", ".join(names[:NAMED])) + more


def _signed(url: object) -> str | None:
    """Return the stack's own link: its signature is part of it."""
    return url if isinstance(url, str) and not problem(url) else None


def _page(url: object) -> str | None:
    """Return a URL that a person can open; None: there is none."""
    if not isinstance(url, str) or problem(url):
        return None
    shown = without_secret_values(url)
    return shown if len(shown) <= URL else None
