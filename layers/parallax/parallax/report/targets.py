"""Targets: whom an incident affects, and whom it does not.

In: the last alert; the group as it is now, or None. Out: a list.
It does not: list targets that never belonged to the incident.
"""

from datetime import datetime

from parallax.model.alert import Alert, Unaffected
from parallax.model.group import Group, Member
from parallax.model.incident_state import State
from parallax.notify.mail.affected import uncertain
from parallax.notify.mail.scope import urls
from parallax.notify.paragraph import minute
from parallax.report.elements import Node, element

OPEN = 8
"""Targets that are listed at first."""
SCHEMES = ("https://", "http://")
"""Beginnings of a URL that is a link; another one could run a script."""
LISTED = 100
"""Targets of a list; a page of 500 would be too large for a phone."""


def targets(alert: Alert, group: Group | None, now: datetime) -> Node | None:
    """Return the affected targets, those that recovered, and who is not affected."""
    members = group.members if group else alert.members
    rows = [_row(member, now) for member in members]
    names = group.recovered if group else alert.recovered
    listed_once = {*names, *(m.target for m in members)}
    waiting = [m for m in alert.pending if m.target not in listed_once]
    rows += [_row(member, now, f" · {uncertain(member)}") for member in waiting]
    rows += [element("li", element("strong", n), " · recovered") for n in names]
    shown, more = rows[:LISTED], len(rows) - LISTED
    if more > 0:
        shown.append(element("li", f"{more} more URLs", class_="soft"))
    if not shown:
        return None
    others = [element("p", _others(one), class_="soft") for one in alert.unaffected]
    listed = element("ul", *shown[:OPEN], class_="targets", role="list")
    return element(
        "section", element("h2", "Affected"), listed, _rest(shown[OPEN:]), *others
    )


def _rest(rows: list[Node]) -> Node | None:
    """Return the targets that a reader opens, so that the path stays near."""
    if not rows:
        return None
    listed = element("ul", *rows, class_="targets", role="list")
    return element("details", element("summary", "More affected URLs"), listed)


def _row(member: Member, now: datetime, note: str = "") -> Node:
    got = _got(member)
    recovering = " · recovering" if member.state is State.RECOVERING else ""
    return element(
        "li",
        element("strong", member.target),
        f" · {got}" if got else None,
        f" · since {minute(member.since, now)}{recovering}{note}",
        element("br") if member.url else None,
        _address(member.url) if member.url else None,
    )


def _address(url: str) -> Node:
    """Return a URL as a link that does not tell the target where it was opened."""
    if not url.startswith(SCHEMES):
        return element("span", url, class_="soft")
    return element("a", url, href=url, rel="noreferrer")


def _got(member: Member) -> str:
    if member.status_code is not None:
        return str(member.status_code)
    return (member.error_type or "").replace("_", " ")


def _others(one: Unaffected) -> str:
    where = f" on {one.place.kind.value} {one.place.name}" if one.place else ""
    count = urls(one.targets)
    names = ", ".join(one.names)
    more = ", …" if one.targets > len(one.names) else ""
    return f"Not affected (no open incident): {count}{where} ({names}{more})"
