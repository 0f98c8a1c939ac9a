"""Incidents: the open ones at the top of the overview.

In: the groups, a way to sign links, an instant. Out: a section, or nothing.
It does not: say that the place of an incident is at fault; its page has the evidence.
"""

from collections.abc import Sequence
from datetime import datetime

from parallax.causes import CAUSES
from parallax.model.group import Group
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.notify.mail.scope import place, urls
from parallax.notify.paragraph import minute
from parallax.overview.rows import Sign, lasting
from parallax.report.elements import Node, element

MOST = 20
NAMED = 3
"""Targets that a line names."""
_TITLES = {cause.id: cause.title for cause in CAUSES}


def incidents(groups: Sequence[Group], sign: Sign, now: datetime) -> list[Node]:
    """Return the open incidents; those of Parallax itself belong to no target."""
    if not groups:
        return []
    rows = [_incident(group, sign, now) for group in groups[:MOST]]
    if len(groups) > MOST:
        rows.append(element("li", f"{len(groups) - MOST} more"))
    title = element("h2", "Open incidents")
    return [element("section", title, element("ul", *rows))]


def _incident(group: Group, sign: Sign, now: datetime) -> Node:
    cause = group.cause
    title = _TITLES.get(cause, cause)
    if cause == NOT_ESTABLISHED:
        title = "Cause not established"
    where = place(group.place)
    done = group.acknowledged
    who = f"{done.by} works on it" if done else "not acknowledged"
    since = minute(group.since, now)
    return element(
        "li",
        element("a", title, href=sign(group)),
        f" {where} · " if where else " · ",
        f"{_targets(group)} · for {lasting(now - group.since)}, since {since} · ",
        element("span", who, class_="" if done else "warn"),
    )


def _targets(group: Group) -> str:
    """Return e.g. `3 URLs: checkout, shop-api, shop-front`."""
    names = sorted(member.target for member in group.members)
    if len(names) <= 1:
        return names[0] if names else "no URL"
    more = [f"{len(names) - NAMED} more"] if len(names) > NAMED else []
    return f"{urls(len(names))}: {', '.join([*names[:NAMED], *more])}"
