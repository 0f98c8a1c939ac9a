"""Page: an incident as HTML: its last alert, its group as it is now, the snapshot.

In: where it stands, the excerpt of the snapshot, until when the link works. Out: a
page. It does not: read anything, or use a clock. It is pure.
"""

from collections.abc import Sequence
from datetime import datetime

from parallax.model.alert import Alert
from parallax.model.finding import ENDS, Finding, Moment, NotificationReason
from parallax.model.judgement import Symptom
from parallax.model.plain import plain_line
from parallax.notify.mail import render
from parallax.notify.paragraph import clock
from parallax.report.answers import answers
from parallax.report.copying import SCRIPT
from parallax.report.elements import Node, Part, document, element, prose
from parallax.report.form import form
from parallax.report.last_probes import result
from parallax.report.observed import NOTHING, Observed
from parallax.report.parts import Parts, parts
from parallax.report.path import path
from parallax.report.possible import possible
from parallax.report.received import received
from parallax.report.replay import replay
from parallax.report.standing import Standing, badges, facts, loaded, next_mail
from parallax.report.steps import first_step, further_steps
from parallax.report.style import CSS
from parallax.report.targets import targets
from parallax.report.text import Block, section
from parallax.report.timeline import Later, timeline
from parallax.report.waterfall import waterfall

GATEWAY_TIMEOUT = 504


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
    shown, ended = parts(alert, mail), alert.turn in ENDS
    # Nobody should change a system that has recovered.
    steps = () if ended else finding.next_steps
    commands = {plain_line(step.command) for step in steps if step.command}
    return document(
        mail.subject,
        CSS,
        element(
            "main",
            _head(standing, shown),
            _column(
                "main",
                _lines(shown.impact) if ended else None,
                *_sections(shown.cause, commands),
                first_step(steps),
                further_steps(steps),
                None if ended else possible(finding),
                None
                if _some_succeed(standing)
                else _lines(shown.often, "How often requests fail"),
                *_sections(shown.more, commands),
            ),
            _column(
                "aside",
                targets(alert, group, standing.now),
                form(group, standing.mute, next_mail(standing)) if group else None,
            ),
            path(finding, _of_the_failure(alert)),
            *_measured(finding, seen, _later(standing)),
            answers(finding),
            _column(
                "wide main",
                *_sections(shown.last, commands),
                replay(finding, raw if seen.excerpt else None),
            ),
            class_="incident",
        ),
        _footer(alert, expires, is_open=group is not None),
        script=SCRIPT,
    )


def _some_succeed(standing: Standing) -> bool:
    """Return whether external requests succeeded beside those that failed."""
    symptom = standing.alert.finding.symptom
    return 0 < symptom.failed < symptom.total


def _head(standing: Standing, shown: Parts) -> Node:
    """Return the state, the title, what users get, and who works on it."""
    ended = standing.alert.turn in ENDS
    lines = [] if ended else [element("p", *prose(line)) for line in shown.impact]
    top = element("div", badges(standing), loaded(standing), class_="top")
    title = element("h1", shown.title)
    # That some requests succeed is part of what users get; that none does is not.
    often = shown.often if _some_succeed(standing) else ()
    return element(
        "div",
        top,
        title,
        *lines,
        *(element("p", *prose(line)) for line in often),
        facts(standing),
        class_="head",
    )


def _lines(lines: Sequence[str], title: str = "") -> Node | None:
    some = [element("p", *prose(line)) for line in lines]
    head = element("h2", title) if title else None
    return element("section", head, *some) if some else None


def _column(kind: str, *parts: Part) -> Node:
    return element("div", *parts, class_=kind)


def _sections(some: Sequence[Block], commands: set[str]) -> list[Node]:
    return [section(block, commands) for block in some]


def shown_finding(alert: Alert) -> Finding:
    """Return the finding of which the page shows the evidence.

    After an end it is that of the failure: what it was remains of interest.
    """
    return alert.failure or alert.finding


def _later(standing: Standing) -> Later:
    """Return what happened after the finding that the page shows."""
    alert, now = standing.alert, standing.now
    well = alert.finding.well_since
    if alert.turn is NotificationReason.RESOLVED and well is not None:
        again = Moment(at=well, text="requests succeed again")
        return Later(now=now, moments=(again, Moment(at=alert.at, text=CLOSED)))
    probes = standing.probes.get(shown_finding(alert).target, ())
    if standing.group is None or not probes:
        return Later(now=now)
    last = Moment(at=probes[-1].started_at, text=f"last probe: {result(probes[-1])}")
    return Later(now=now, probes=probes, moments=(last,))


CLOSED = "incident closed"


def _measured(finding: Finding, seen: Observed, later: Later) -> tuple[Part, ...]:
    """Return what was measured; without a snapshot what the finding has itself."""
    excerpt = seen.excerpt
    missing = "The phases, the headers and the earlier probes are missing."
    return (
        element("p", f"{seen.problem} {missing}", class_="note wide")
        if excerpt is None
        else waterfall(excerpt, is_open=_is_about_time(finding.symptom)),
        received(finding, excerpt),
        timeline(finding, excerpt, later),
    )


def _is_about_time(symptom: Symptom) -> bool:
    """Return whether what users get says that something takes too long."""
    slow = (symptom.unmet or "").startswith("slower")
    late = "timeout" in (symptom.error_type or "")
    return slow or late or symptom.status_code == GATEWAY_TIMEOUT


def _of_the_failure(alert: Alert) -> str:
    """Return that what follows is older than the mail; empty: it is not."""
    if alert.failure is None:
        return ""
    at = clock(alert.failure.judged_at)
    return f"This picture and the evidence are of the failure, as of {at}."


def _footer(alert: Alert, expires: datetime, *, is_open: bool) -> Node:
    use = ", and use its buttons" if is_open else ""
    text = (
        f"Incident {alert.group}. This link works until {clock(expires)}. Everybody who"
        f" has it can read this page and its observations{use}."
    )
    return element("footer", element("p", text))
