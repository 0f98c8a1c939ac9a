"""Mail: what a tired person needs in ten seconds, as plain text.

In: a finding whose `turn` is set. Out: subject and body (80 columns), in which no text
of a stranger controls the reader's terminal, or begins a line of its own.
It does not: send, or decide that it is worth a mail.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from parallax.model.finding import Finding, NotificationReason
from parallax.model.judgement import (
    UNWATCHED,
    Answer,
    Assessment,
    HopSeen,
    HopState,
    Trend,
    View,
)
from parallax.model.plain import plain, plain_line
from parallax.notify import subject
from parallax.notify.blame import blame, culprit
from parallax.notify.headline import headline, since
from parallax.notify.paragraph import bullets, clock, fill, hung, span, stacked
from parallax.notify.subject import is_monitor, lasted

_GET = {
    Trend.PROGRESS: "get further than before, and still fail.",
    Trend.DECLINE: "get less far than before.",
    Trend.UNCHANGED: "get to another place, and fail there.",
    Trend.UNKNOWN: "get to another place, and fail there.",
}
MARKS = {HopState.OK: "ok", HopState.FAULTY: "FAULTY", HopState.UNKNOWN: "not known"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail as SNS takes it."""

    subject: str
    body: str


def render(finding: Finding) -> Mail:
    """Return the mail of a finding; one without a turn reads like a firing one."""
    resolved = finding.turn is NotificationReason.RESOLVED
    parts = _resolved(finding) if resolved else _broken(finding)
    body = "\n\n".join(part for part in (*parts, _ids(finding)) if part) + "\n"
    return Mail(subject=subject.write(finding), body=plain(body))


def _broken(finding: Finding) -> tuple[str, ...]:
    head = (_blind,) if is_monitor(finding) else (headline, blame)
    return (
        _news(finding),
        *(part(finding) for part in head),
        _commands(finding),
        _path(finding.path),
        bullets("Also shown by the evidence", _also(finding)),
        bullets("Ruled out", _answers(finding, Answer.REFUTED)),
        bullets("Could not be known", _answers(finding, Answer.UNKNOWN)),
        bullets("Advice, apart from this failure", _advice(finding)),
    )


def _resolved(finding: Finding) -> tuple[str, ...]:
    if finding.cause == UNWATCHED:
        text = f"{finding.target} is no longer watched: whether it works is not known."
        since = f"Its incident, open since {clock(finding.since)}, ends with this mail."
        return fill(text), fill(since), fill(f"{finding.title}.")
    end = finding.well_since or finding.judged_at
    story = (
        f"It lasted {span(lasted(finding))}: from {clock(finding.since)}"
        f" to {clock(end)}, and has been well since."
    )
    if is_monitor(finding):
        text = f"Parallax is not blind any more: {finding.target}."
        return fill(text), fill(story), fill(f"It was: {finding.title}.")
    text = f"{finding.target} ({finding.url}) answers well again."
    well = finding.symptom.external is View.HEALTHY
    now = fill(f"Now: {finding.symptom.summary}.") if well else ""
    path = _path(finding.path) if well else ""
    return fill(text), fill(story), fill(_was(finding)), now, path


def _was(finding: Finding) -> str:
    """Return what it was blamed on, with the title as it stood in the mails."""
    if finding.class_ is None:
        proof = finding.proof
        shown = f"; {proof.cause} was shown for a while" if proof else ""
        return f"The cause was not established at the end{shown}."
    who = culprit(finding)
    return f'It was blamed on {who}: "{finding.title}" ({finding.cause}).'


def _news(finding: Finding) -> str:
    """Return what is new since the last mail, or that nothing is."""
    time = span(finding.judged_at - finding.since)
    state = "blind" if is_monitor(finding) else "down"
    new = "NEW SINCE THE LAST MAIL:"
    get = _GET[finding.symptom.trend]
    texts = {
        NotificationReason.CAUSE_CHANGED: f"{new} who is to blame.",
        NotificationReason.TREND_CHANGED: f"{new} requests {get}",
        NotificationReason.REMINDER: f"REMINDER: it is still {state}, for {time} now.",
    }
    return texts.get(finding.turn, "") if finding.turn else ""


def _blind(finding: Finding) -> str:
    """Return who is silent, and what that means for the other mails."""
    means = (
        "This is about Parallax itself, and not about what it watches. Until they"
        " speak again, that side is not known, and nothing is blamed on it."
    )
    return stacked(
        fill(f"PARALLAX IS BLIND ({finding.target}): {finding.title}."),
        since(finding),
        fill(means),
    )


def _commands(finding: Finding) -> str:
    """Return the steps, the first one loud; a command is never wrapped."""
    lines: list[str] = []
    for number, step in enumerate(finding.next_steps):
        if number == 1:
            lines.append("Then:")
        loud = number == 0 and step.command
        text = fill(f"TYPE THIS NEXT. {step.text}") if loud else hung("- ", step.text)
        lines.append(text)
        if step.command:
            lines += ["", f"    {plain_line(step.command)}", ""]
    return "\n".join(lines).rstrip()


def _path(path: tuple[HopSeen, ...]) -> str:
    if not path:
        return ""
    lines = ["The path, from the internet inward:"]
    for hop in path:
        lead = f"  {hop.hop.value:<14}{MARKS[hop.state]:<10}"
        lines.append(hung(lead, hop.seen))
    return "\n".join(lines)


def _also(finding: Finding) -> Iterable[str]:
    """Return the other causes that are true, and which cause explains them."""
    for a in finding.assessments:
        if a.answer is Answer.SUPPORTED and a.cause != finding.cause:
            by = f" (explained by {a.explained_by})" if a.explained_by else ""
            yield f"{a.cause}{by}: {'; '.join(a.evidence)}"


def _answers(finding: Finding, answer: Answer) -> Iterable[str]:
    """Return what was said of the other causes; what is said of several, once."""
    said: dict[str, list[str]] = {}
    for a in finding.assessments:
        if a.answer is answer and a.cause != finding.cause:
            said.setdefault("; ".join(_words(a)), []).append(a.cause)
    return (f"{', '.join(causes)}: {words}" for words, causes in said.items())


def _advice(finding: Finding) -> Iterable[str]:
    return (f"{a.title}; {'; '.join(a.evidence)}" for a in finding.advice)


def _words(assessment: Assessment) -> tuple[str, ...]:
    if assessment.answer is Answer.UNKNOWN and assessment.missing:
        return (f"missing: {'; '.join(assessment.missing)}",)
    return assessment.evidence


def _ids(finding: Finding) -> str:
    run = finding.snapshot.run if finding.snapshot else None
    lines = [
        f"judged    {clock(finding.judged_at)}",
        f"cause     {finding.cause}",
        f"incident  {finding.incident}",
        f"finding   {finding.id}",
    ]
    if run and not is_monitor(finding):
        lines.append(f"request   {run.first.request_id}")
    return "\n".join(["-- ", *map(plain_line, lines)])
