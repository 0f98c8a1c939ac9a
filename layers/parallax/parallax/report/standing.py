"""Standing: where an incident stands now: its state, and who works on it or muted it.

In: the last alert, the group as it is now (None: it has ended), an instant.
Out: elements. It does not: repeat the mail.
"""

from dataclasses import dataclass, field
from datetime import datetime

from parallax.model.alert import Alert
from parallax.model.finding import ENDS, NotificationReason
from parallax.model.group import Group, Mute
from parallax.model.incident_state import State
from parallax.model.snapshot import PastProbe
from parallax.notify.mail.scope import is_intermittent
from parallax.notify.paragraph import clock, minute, second, sentence, span
from parallax.report.elements import Node, element
from parallax.report.last_probes import Probes, last_probes


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An incident at an instant. `group` is None if it has ended.

    `merged` is the path of the page of the group that has its last members now.
    """

    alert: Alert
    group: Group | None
    mute: Mute | None
    now: datetime
    merged: str | None = None
    probes: Probes = field(default_factory=dict[str, tuple[PastProbe, ...]])
    """The recent probes of the members; none: they could not be read."""


def badges(standing: Standing) -> Node:
    """Return the state, in words and a color."""
    word, kind = _state(standing)
    marks = [element("strong", word, class_=f"state {kind}")]
    if standing.mute:
        marks.append(element("strong", "MUTED", class_="state warn"))
    if standing.group and standing.group.acknowledged:
        marks.append(element("strong", "ACKNOWLEDGED", class_="state good"))
    spaced = [part for mark in marks for part in (mark, " ")]
    return element("p", *spaced)


def facts(standing: Standing) -> Node:
    """Return since when it fails, who works on it, until when it is muted."""
    lines = [
        _time(standing),
        _now(standing),
        _findings(standing),
        _acknowledged(standing),
        _muted(standing),
    ]
    found = [element("li", line) for line in lines if line]
    if standing.merged:
        link = element("a", "the page of that incident", href=standing.merged)
        found.append(element("li", "See ", link, "."))
    return element("ul", *found, class_="facts")


def loaded(standing: Standing) -> Node:
    """Return when the page was made, and a link that makes it again."""
    at = f"Page loaded {second(standing.now, standing.now)} UTC · "
    return element("p", at, element("a", "Reload", href=""), class_="soft loaded")


def _state(standing: Standing) -> tuple[str, str]:
    group, turn = standing.group, standing.alert.turn
    if group is None:
        merged = turn is NotificationReason.MERGED
        resolved = turn is NotificationReason.RESOLVED
        word = "MERGED" if merged else "RESOLVED" if resolved else "CLOSED"
        return word, "good" if resolved else "soft"
    if any(m.state is State.FIRING for m in group.members):
        some = is_intermittent(standing.alert)
        return "INTERMITTENT" if some else "FAILING", "bad"
    return "RECOVERING", "warn"


def _time(standing: Standing) -> str:
    alert, group = standing.alert, standing.group
    if group is not None:
        return f"Since {clock(group.since)} ({span(standing.now - group.since)})."
    if alert.turn is NotificationReason.MERGED:
        into = f" {alert.merged_into[:8]}" if alert.merged_into else ""
        return f"Its URLs belong to incident{into} since {clock(alert.at)}."
    if alert.turn in ENDS:
        well = alert.finding.well_since
        quiet = f", {span(alert.at - well)} after the recovery" if well else ""
        return f"Closed at {clock(alert.at)}{quiet}."
    return "This incident is no longer open."


def _now(standing: Standing) -> str:
    """Return whether it fails at this moment; empty if it has ended."""
    group = standing.group
    return last_probes(group.members, standing.probes, standing.now) if group else ""


def _findings(standing: Standing) -> str:
    """Return how old the findings are, and whether the cause changed since then."""
    alert, group, now = standing.alert, standing.group, standing.now
    if alert.turn in ENDS:
        return ""
    at = alert.finding.judged_at
    changed = group is not None and group.cause != alert.cause
    since = f" The cause is now {group.cause}." if group and changed else ""
    when, ago = second(at, now), span(now - at)
    return f"Findings below are from {when} UTC, {ago} ago.{since}"


def _acknowledged(standing: Standing) -> str:
    done = (standing.group or standing.alert).acknowledged
    if done is None:
        return ""
    ago = span(standing.now - done.at)
    text = f"Acknowledged by {done.by} at {minute(done.at, standing.now)} ({ago} ago)."
    return f"{text} No reminders are sent." if standing.group else text


def _muted(standing: Standing) -> str:
    mute = standing.mute
    if mute is None:
        return ""
    why = f" {sentence(f'Reason: {mute.reason}')}" if mute.reason else ""
    return (
        f"Muted by {mute.by} at {minute(mute.at, standing.now)}, until"
        f" {minute(mute.until, standing.now)}."
        f"{why} No mail about this incident is sent until then."
    )


def next_mail(standing: Standing) -> str:
    """Return when the next mail is sent; empty: none is planned."""
    group, at = standing.group, standing.alert.next_mail_at
    if group is None or standing.mute or group.acknowledged or at is None:
        return ""
    return f"Next mail: on a change, on recovery, or at {minute(at, standing.now)}."
