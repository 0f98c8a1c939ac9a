"""Page: an incident as HTML: its last alert, its group as it is now, the snapshot.

In: where it stands, the excerpt of the snapshot, until when the link works. Out: a
page. It does not: read anything, or use a clock. It is pure.
"""

from collections.abc import Sequence
from datetime import datetime

from parallax.model.alert import Alert
from parallax.model.finding import ENDS, Finding
from parallax.model.plain import plain_line
from parallax.notify.mail import render
from parallax.notify.paragraph import clock
from parallax.report.answers import answers
from parallax.report.copying import SCRIPT
from parallax.report.elements import Node, Part, document, element
from parallax.report.form import form
from parallax.report.observed import NOTHING, Observed
from parallax.report.path import path
from parallax.report.received import received
from parallax.report.replay import replay
from parallax.report.standing import Standing, badges, facts
from parallax.report.steps import first_step, further_steps
from parallax.report.style import CSS
from parallax.report.targets import targets
from parallax.report.text import REFERENCE, Block, blocks, section
from parallax.report.timeline import timeline
from parallax.report.waterfall import waterfall

SHOWN = (
    "PATH",
    "AFFECTED",
    "RUN THIS NEXT",
    "DO THIS NEXT",
    "THEN",
    "WHY",
    "ALSO TRUE",
    "RULED OUT",
    "NOT DETERMINED",
    "RESPONSE",
    "TIMELINE",
)
"""Beginnings of titles of the mail's parts that the page shows in its own form."""
UNAFFECTED = "Not affected (no open incident)"
"""Begins a part without a title that the page shows beside the affected targets."""
LAST = ("ADVICE", REFERENCE)
"""Titles of the mail's parts at the end of the page."""


def incident_page(
    standing: Standing,
    expires: datetime,
    seen: Observed = NOTHING,
    raw: str | None = None,
) -> str:
    """Return the page of an incident; `expires`: until when its link works.

    `raw` is the path of its raw snapshot; None: the page has no such link.
    """
    alert, group = standing.alert, standing.group
    finding, mail = shown_finding(alert), render(alert)
    first, rest, last = _split(blocks(mail.body))
    # Nobody should change a system that has recovered.
    steps = () if alert.turn in ENDS else finding.next_steps
    commands = {plain_line(step.command) for step in steps if step.command}
    return document(
        mail.subject,
        CSS,
        element(
            "main",
            _head(standing, mail.subject),
            _column(
                "main",
                _as_of(standing),
                *_sections(first, commands),
                first_step(steps),
                *_sections(rest, commands),
            ),
            _column(
                "aside",
                targets(alert, group, standing.now),
                form(group, standing.mute) if group else None,
            ),
            path(finding, _of_the_failure(alert)),
            *_measured(finding, seen),
            answers(finding),
            _column(
                "wide main",
                further_steps(steps),
                *_sections(last, commands),
                replay(finding, raw),
            ),
            class_="incident",
        ),
        _footer(alert, expires, is_open=group is not None),
        script=SCRIPT,
    )


def _head(standing: Standing, title: str) -> Node:
    head = element("h1", title)
    return element("div", badges(standing), head, facts(standing), class_="head")


def _column(kind: str, *parts: Part) -> Node:
    return element("div", *parts, class_=kind)


def _sections(some: Sequence[Block], commands: set[str]) -> list[Node]:
    return [section(block, commands) for block in some]


def _split(
    found: tuple[Block, ...],
) -> tuple[list[Block], list[Block], list[Block]]:
    """Return the mail's parts before the first step, after it, and at the end."""
    ends = [at for at, block in enumerate(found) if _is_shown(block)]
    end = min(ends, default=len(found))
    kept = [block for block in found[end:] if not _is_shown(block)]
    before = [*found[:end], *kept]
    last = [block for block in before if block.title in LAST]
    first = [block for block in found[:end] if block.title not in LAST]
    return first, [block for block in kept if block.title not in LAST], last


def _is_shown(block: Block) -> bool:
    """Return whether the page has a part of its own for this part of the mail."""
    if block.title:
        return block.title.startswith(SHOWN)
    return block.lines[0].startswith(UNAFFECTED)


def shown_finding(alert: Alert) -> Finding:
    """Return the finding of which the page shows the evidence.

    After an end it is that of the failure: what it was remains of interest.
    """
    return alert.failure or alert.finding


def _measured(finding: Finding, seen: Observed) -> tuple[Part, ...]:
    """Return what was measured; without a snapshot what the finding has itself."""
    excerpt = seen.excerpt
    missing = "The phases, the headers and the earlier probes are missing."
    return (
        element("p", f"{seen.problem} {missing}", class_="note wide")
        if excerpt is None
        else waterfall(excerpt),
        received(finding, excerpt),
        timeline(finding, excerpt),
    )


def _as_of(standing: Standing) -> Node:
    """Return how old the mail's text is, and whether the cause changed since then."""
    alert, group = standing.alert, standing.group
    changed = group is not None and group.cause != alert.cause
    now = f" The cause is now {group.cause}." if group and changed else ""
    text = f"The last mail's text, as of {clock(alert.at)}.{now}"
    return element("p", text, class_="soft note")


def _of_the_failure(alert: Alert) -> str:
    """Return that what follows is older than the mail; empty: it is not."""
    if alert.failure is None:
        return ""
    at = clock(alert.failure.judged_at)
    return f"This picture and the evidence are of the failure, as of {at}."


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
            " who has it can read this page and its observations, and use its buttons.",
        ),
    )
