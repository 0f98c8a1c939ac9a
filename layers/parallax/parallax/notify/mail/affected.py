"""Affected: the targets of an incident, and what is not affected.

In: an alert. Out: lines: one for each of a few targets, a count of the others.
It does not: state that a target works. Of the others it is only known that they have
no open incident.
"""

from collections.abc import Sequence

from parallax.model.alert import Alert, Unaffected
from parallax.model.group import Member
from parallax.model.judgement import Constancy
from parallax.model.plain import plain_line
from parallax.notify.mail.impact import got, is_confirmed
from parallax.notify.mail.scope import is_joint, place, urls
from parallax.notify.paragraph import paragraph, second, stacked

LISTED = 6
"""Lines about targets; a phone shows two rows for each."""
NAMED = 5
"""Names in a sentence."""
PLACES = 3
"""Places at which targets have no incident."""


def affected(alert: Alert) -> str:
    """Return the failing targets, those that left, and those without an incident."""
    lines = _failing(alert) if is_joint(alert) else []
    return stacked(*lines, _left(alert), no_incident(alert.unaffected))


def names(listed: Sequence[str], count: int | None = None) -> str:
    """Return e.g. `a, b and 38 more`; `count`: how many there are in all."""
    shown = listed[:NAMED]
    more = (count or len(listed)) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return ", ".join(shown)


def no_incident(others: Sequence[Unaffected]) -> str:
    """Return which targets have no open incident; empty if that is not known."""
    if not others:
        return ""
    most = sorted(others, key=lambda one: -one.targets)
    texts = [_others(one) for one in most[:PLACES]]
    more = sum(one.targets for one in most[PLACES:])
    if more:
        texts.append(f"{urls(more)} elsewhere")
    return paragraph(f"Not affected (no open incident): {'; '.join(texts)}.")


def _failing(alert: Alert) -> list[str]:
    rows = [_row(alert, member) for member in alert.members]
    rows += [_row(alert, member, uncertain(member)) for member in alert.pending]
    if len(rows) <= LISTED:
        return ["AFFECTED", *rows]
    return ["AFFECTED", *rows[: LISTED - 1], _more(alert)]


def uncertain(member: Member) -> str:
    """Return what is open about a failure that no group with a cause has yet."""
    return "cause not established yet" if is_confirmed(member) else "not confirmed yet"


def _more(alert: Alert) -> str:
    shown, rest = LISTED - 1, len(alert.failing) - LISTED + 1
    other = sum(m.cause != alert.cause for m in alert.members[shown:])
    with_other = f", {other} of them with another cause" if other else ""
    return f"and {rest} more{with_other}"


def _row(alert: Alert, member: Member, note: str = "") -> str:
    """Return a target. Its address comes last, as it may be long.

    An incident that is not confirmed has no cause to compare with.
    """
    some = " at times" if member.constancy is Constancy.INTERMITTENT else ""
    if not note and member.cause != alert.cause:
        note = f"own cause: {member.cause}"
    at = second(member.since, alert.at)
    columns = (member.target, f"{got(member)}{some}", f"since {at}", note, member.url)
    return plain_line("  ".join(column for column in columns if column))


def _left(alert: Alert) -> str:
    """Return which targets were part of the incident and are not any more."""
    recovered = f"Recovered: {names(alert.recovered)}." if alert.recovered else ""
    moved = f"In another incident now: {names(alert.moved)}." if alert.moved else ""
    return paragraph(f"{recovered} {moved}")


def _others(one: Unaffected) -> str:
    where = place(one.place) if one.place else ""
    return (
        f"{urls(one.targets)}{f' {where}' if where else ''}"
        f" ({names(one.names, one.targets)})"
    )
