"""Page: an incident as HTML, from its last alert and its group as it is now.

In: where it stands, and until when the link works. Out: a page.
It does not: read anything, or use a clock. It is pure.
"""

from datetime import datetime

from parallax.model.alert import Alert
from parallax.model.plain import plain_line
from parallax.notify.mail import render
from parallax.notify.paragraph import clock
from parallax.report.answers import answers
from parallax.report.elements import Node, document, element
from parallax.report.form import form
from parallax.report.path import path
from parallax.report.standing import Standing, badges, facts
from parallax.report.style import CSS
from parallax.report.targets import targets
from parallax.report.text import Block, blocks, section

SHOWN = frozenset({"PATH", "AFFECTED"})
"""Titles of the mail's parts that the page shows in its own form."""
FIRST = 4
"""Parts of the mail above the buttons, at most: impact, cause and what to do."""


def incident_page(standing: Standing, expires: datetime) -> str:
    """Return the page of an incident; `expires`: until when its link works."""
    alert = standing.alert
    mail = render(alert)
    first, rest = _split(blocks(mail.body))
    commands = {plain_line(s.command) for s in alert.finding.next_steps if s.command}
    return document(
        mail.subject,
        CSS,
        element(
            "main",
            badges(standing),
            element("h1", mail.subject),
            facts(standing),
            _as_of(standing),
            *(section(block, commands) for block in first),
            form(standing.group, standing.mute) if standing.group else None,
            path(alert.finding.path, alert.finding.hop),
            targets(alert, standing.group, standing.now),
            *(section(block, commands) for block in rest),
            answers(alert.finding),
        ),
        _footer(alert, expires, is_open=standing.group is not None),
    )


def _split(found: tuple[Block, ...]) -> tuple[list[Block], list[Block]]:
    """Return the parts above the buttons, and those below the path and the targets."""
    ends = [at for at, block in enumerate(found) if block.title in SHOWN]
    end = min([FIRST, *ends])
    shown = [block for block in found[end:] if block.title not in SHOWN]
    return list(found[:end]), shown


def _as_of(standing: Standing) -> Node:
    """Return how old the mail's text is, and whether the cause changed since then."""
    alert, group = standing.alert, standing.group
    changed = group is not None and group.cause != alert.cause
    now = f" The cause is now {group.cause}." if group and changed else ""
    text = f"The last mail's text, as of {clock(alert.at)}.{now}"
    return element("p", text, class_="soft note")


def _footer(alert: Alert, expires: datetime, *, is_open: bool) -> Node:
    group = alert.group[:8]
    commands = f"parallax ack {group}\nparallax mute {group} --for 1h"
    return element(
        "footer",
        element("p", "The same on the command line:") if is_open else None,
        element("pre", commands) if is_open else None,
        element(
            "p",
            f"Incident {alert.group}. This link works until {clock(expires)}. Everybody"
            " who has it can read this page and use its buttons.",
        ),
    )
