"""Judgement lines: a judgement as lines for the terminal.

In: a `Judgement` and its snapshot. Out: lines for `page`. Green is healthy or ruled
out, red is at fault, yellow needs attention, dim is not determined.
It does not: print, or judge.
"""

from collections.abc import Iterator

from rich.text import Text

from parallax.cli.page import Line
from parallax.model.judgement import (
    NOT_ESTABLISHED,
    Answer,
    Assessment,
    HopState,
    Judgement,
    Lead,
    NextStep,
    followed,
)
from parallax.model.snapshot import Snapshot

HEALTHY = "none"
"""The cause of a judgement of a healthy target."""
STATES = {
    HopState.OK: ("✔", "green"),
    HopState.FAULTY: ("✘", "red"),
    HopState.AFFECTED: ("!", "yellow"),
    HopState.UNKNOWN: ("?", "dim"),
}
ANSWERS = {
    Answer.SUPPORTED: ("supported", "red"),
    Answer.REFUTED: ("ruled out", "green"),
    Answer.UNKNOWN: ("not determined", "dim"),
}
EVIDENCE = 17
"""Columns before an evidence sentence: the longest answer, and spaces."""


def lines(judgement: Judgement, snapshot: Snapshot) -> Iterator[Line]:
    """Yield every line, top to bottom."""
    yield from _head(judgement, snapshot)
    yield from path_lines(judgement)
    yield from heading("Causes")
    for assessment in judgement.assessments:
        yield from assessment_lines(assessment)
    yield from further_lines(judgement)


def path_lines(judgement: Judgement) -> Iterator[Line]:
    """Yield each hop with its state and what was observed there."""
    yield from heading("Path")
    for seen in judgement.path:
        mark, color = STATES[seen.state]
        text = Text.assemble((f"  {mark} {seen.hop.value:<14}", color), f" {seen.seen}")
        yield Line(text, 19)


def further_lines(judgement: Judgement) -> Iterator[Line]:
    """Yield the next steps, and the advice with its own steps."""
    if judgement.next_steps:
        yield from heading("Next steps")
    yield from _steps(judgement.next_steps)
    for advice in judgement.advice:
        yield from heading(f"Advice: {advice.title}")
        for sentence in advice.evidence:
            yield Line(Text(f"  {sentence}"), 2)
        yield from _steps(advice.next_steps)


def _head(judgement: Judgement, snapshot: Snapshot) -> Iterator[Line]:
    """Yield what fails, the cause or what is known without one, and what limits it."""
    at = f"{snapshot.taken_at:%Y-%m-%d %H:%M:%S %Z}"
    url = snapshot.target.url
    yield Line(Text.assemble((snapshot.target.name, "bold"), f"  {url}  {at}"), 2)
    yield Line(Text(judgement.symptom.summary or "no symptom"), 2)
    yield cause_line(judgement)
    if judgement.symptom.trend_text:
        yield Line(Text(f"trend: {judgement.symptom.trend_text}"), 2)
    if judgement.symptom.follows:
        yield Line(Text(f"follows: {followed(judgement.symptom.follows)}"), 2)
    if judgement.settling:
        yield Line(Text(f"settling: {judgement.settling}", "yellow"), 2)
    if not judgement.complete:
        text = "incomplete: not every source has reported since the failure began"
        yield Line(Text(text, "yellow"), 2)
    if judgement.lead:
        yield from lead_lines(judgement.lead)


def _steps(steps: tuple[NextStep, ...]) -> Iterator[Line]:
    number = 0
    for step in steps:
        number += not step.alternative
        lead = f"{'or':>3}" if step.alternative else f"{number:>3}."
        yield Line(Text(f"{lead:<4} {step.text}"), 5)
        if step.command:
            yield Line(Text(f"     {step.command}", "cyan"), None)
        if step.way_back:
            yield Line(Text(f"     undo: {step.way_back}"), None)


def lead_lines(lead: Lead) -> Iterator[Line]:
    """Yield the most telling observation, what it excludes, and what remains."""
    yield Line(Text(f"{lead.observation[:1].upper()}{lead.observation[1:]}"), 2)
    if lead.excludes:
        yield Line(Text(lead.excludes), 2)
    for one in lead.candidates:
        yield Line(Text(f"still possible: {one.cause}: {one.title}"), 4)


def heading(text: str) -> Iterator[Line]:
    """Yield an empty line and a headline."""
    yield Line(Text())
    yield Line(Text(text, "bold"))


def cause_line(judgement: Judgement) -> Line:
    """Return the cause with its hop, title and reason, or that there is none."""
    if judgement.cause == HEALTHY:
        return Line(Text(judgement.title, "bold green"), 2)
    color = "bold yellow" if judgement.cause == NOT_ESTABLISHED else "bold red"
    where = f" at {judgement.hop.value}" if judgement.hop else ""
    why = f" (reason: {judgement.reason})" if judgement.reason else ""
    text = Text.assemble((judgement.cause, color), f"{where}: {judgement.title}{why}")
    return Line(text, 2)


def assessment_lines(assessment: Assessment) -> Iterator[Line]:
    """Yield the answer for one cause, its evidence, and what is missing."""
    label, color = ANSWERS[assessment.answer]
    explained = ""
    if assessment.explained_by:
        explained = f": true, explained by {assessment.explained_by}"
        color = "yellow"
    answer = (f"  {label:<{EVIDENCE - 3}}", color)
    text = Text.assemble(answer, f" {assessment.cause}{explained}")
    if assessment.reason:
        text.append(f" (reason: {assessment.reason})")
    yield Line(text, EVIDENCE)
    for sentence in assessment.evidence:
        yield Line(Text(f"{'':{EVIDENCE}}{sentence}"), EVIDENCE + 2)
    for sentence in assessment.missing:
        yield Line(Text(f"{'':{EVIDENCE}}missing: {sentence}", "dim"), EVIDENCE + 2)
