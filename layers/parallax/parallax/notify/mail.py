"""Mail: what an on-call engineer needs within ten seconds, as plain text.

In: a finding whose `turn` is set. Out: subject and body (80 columns). Text from the
network in it neither controls the reader's terminal nor starts a line of its own.
It does not: send, or decide whether a mail is due.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from parallax.model.finding import Finding, NotificationReason
from parallax.model.judgement import (
    UNWATCHED,
    Answer,
    Assessment,
    Hop,
    HopSeen,
    HopState,
    Trend,
    View,
)
from parallax.model.plain import plain, plain_line
from parallax.notify import subject
from parallax.notify.blame import blame, component
from parallax.notify.headline import headline, since
from parallax.notify.paragraph import bullets, clock, fill, hung, span, stacked
from parallax.notify.subject import is_monitor, lasted

_TRENDS = {
    Trend.PROGRESS: "requests now get further, but still fail",
    Trend.DECLINE: "requests now fail at an earlier hop",
    Trend.UNCHANGED: "requests now fail at a different hop",
    Trend.UNKNOWN: "requests now fail at a different hop",
}
_QUESTIONS = {"whether", "what", "which", "who", "why"}
"""First words of missing evidence that is a question."""
MARKS = {
    HopState.OK: "ok",
    HopState.FAULTY: "FAULTY",
    HopState.AFFECTED: "affected",
    HopState.UNKNOWN: "unknown",
}
LABELS = {Hop.OVERLAY: "node-to-node"}
"""Names of hops in the path, where they differ from their id: pods that use the node's
network use no overlay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Subject and text of a mail, as SNS accepts them."""

    subject: str
    body: str


def render(finding: Finding) -> Mail:
    """Return the mail of a finding; without a reason it reads like a first alarm."""
    resolved = finding.turn is NotificationReason.RESOLVED
    parts = _recovery(finding) if resolved else _failure(finding)
    parts = (*parts, _snapshot(finding), _ids(finding))
    body = "\n\n".join(part for part in parts if part) + "\n"
    return Mail(subject=subject.write(finding), body=plain(body))


def _failure(finding: Finding) -> tuple[str, ...]:
    head = (_blind,) if is_monitor(finding) else (headline, blame)
    return (
        _change(finding),
        *(part(finding) for part in head),
        _commands(finding),
        _path(finding.path),
        *_also_true(finding),
        bullets("Ruled out", _other_causes(finding, Answer.REFUTED)),
        bullets("Not determined", _other_causes(finding, Answer.UNKNOWN)),
        bullets("Advice", _advice(finding)),
    )


def _recovery(finding: Finding) -> tuple[str, ...]:
    if finding.cause == UNWATCHED:
        return _unwatched(finding)
    end = finding.well_since or finding.judged_at
    duration = (
        f"It lasted {span(lasted(finding))}, from {clock(finding.since)}"
        f" to {clock(end)}."
    )
    if is_monitor(finding):
        text = f"Parallax is no longer blind: {finding.target} has recovered."
        return fill(text), fill(duration), fill(f"The problem was: {finding.title}.")
    text = f"{finding.target} ({finding.url}) has recovered."
    healthy = finding.symptom.external is View.HEALTHY
    now = fill(f"Now, {finding.symptom.summary}.") if healthy else ""
    path = _path(finding.path) if healthy else ""
    return fill(text), fill(duration), fill(_last_cause(finding)), now, path


def _unwatched(finding: Finding) -> tuple[str, ...]:
    """Return that a target left the targets file; its state is not claimed."""
    text = (
        f"{finding.target} is no longer in the targets file, so Parallax does not"
        " watch it any more. Whether it works is unknown."
    )
    closed = f"Its incident, open since {clock(finding.since)}, is now closed."
    return fill(text), fill(closed), fill(f"{finding.title}.")


def _last_cause(finding: Finding) -> str:
    """Return the last cause, with the title that the earlier mails have."""
    if finding.class_ is None:
        proof = finding.proof
        earlier = f" Earlier evidence showed {proof.cause}." if proof else ""
        return f"The cause was not established.{earlier}"
    return f'The cause was {component(finding)}: "{finding.title}" ({finding.cause}).'


def _change(finding: Finding) -> str:
    """Return what changed since the last mail, or that nothing did."""
    time = span(finding.judged_at - finding.since)
    state = "blind" if is_monitor(finding) else "down"
    texts = {
        NotificationReason.CAUSE_CHANGED: f"CHANGED: the cause is now {finding.cause}.",
        NotificationReason.TREND_CHANGED: f"CHANGED: {_TRENDS[finding.symptom.trend]}.",
        NotificationReason.REMINDER: f"REMINDER: still {state}, for {time}.",
    }
    return fill(texts.get(finding.turn, "")) if finding.turn else ""


def _blind(finding: Finding) -> str:
    """Return which source of evidence is silent, and what that means."""
    means = (
        "This alarm is about Parallax, not about your service. Until it ends, the state"
        " of this side is unknown, and Parallax blames none of its components."
    )
    return stacked(
        fill(f"PARALLAX IS BLIND ({finding.target}): {finding.title}."),
        since(finding),
        fill(means),
    )


def _commands(finding: Finding) -> str:
    """Return the next steps, the first one emphasized; a command is not wrapped."""
    first, *rest = finding.next_steps or (None,)
    if first is None:
        return ""
    lead = "RUN THIS NEXT. " if first.command else "- "
    lines = _step(fill(f"{lead}{first.text}"), first.command)
    others = [step for step in rest if not step.alternative]
    for step in rest:
        if step.alternative:
            lines += _step(fill(f"OR DO THIS INSTEAD. {step.text}"), step.command)
    if others:
        lines.append("Then:")
    for step in others:
        lines += _step(hung("- ", step.text), step.command)
    return "\n".join(lines).rstrip()


def _step(text: str, command: str | None) -> list[str]:
    return [text, "", f"    {plain_line(command)}", ""] if command else [text]


def _path(path: tuple[HopSeen, ...]) -> str:
    if not path:
        return ""
    lines = ["Path, from the internet to the pods:"]
    for hop in path:
        label = LABELS.get(hop.hop, hop.hop.value)
        lead = f"  {label:<14}{MARKS[hop.state]:<10}"
        lines.append(hung(lead, hop.seen))
    return "\n".join(lines)


def _also_true(finding: Finding) -> Iterator[str]:
    """Yield the other true causes: those that a cause explains, then the rest."""
    true = [
        a
        for a in finding.assessments
        if a.answer is Answer.SUPPORTED and a.cause != finding.cause
    ]
    explained = (
        f"{a.cause} (caused by {a.explained_by}): {'; '.join(a.evidence)}"
        for a in true
        if a.explained_by
    )
    others = (f"{a.cause}: {'; '.join(a.evidence)}" for a in true if not a.explained_by)
    yield bullets("Also true, as a consequence of another cause", explained)
    yield bullets("Also true", others)


def _other_causes(finding: Finding, answer: Answer) -> Iterable[str]:
    """Return the other causes with this answer, those with equal evidence together."""
    causes: dict[str, list[str]] = {}
    for a in finding.assessments:
        if a.answer is answer and a.cause != finding.cause:
            causes.setdefault("; ".join(_reasons(a)), []).append(a.cause)
    return (f"{', '.join(ids)}: {reasons}" for reasons, ids in causes.items())


def _advice(finding: Finding) -> Iterable[str]:
    """Return the advice, without what a step of the finding already corrects."""
    commands = {step.command for step in finding.next_steps}
    return (
        f"{a.title}. {'; '.join(a.evidence)[:1].upper()}{'; '.join(a.evidence)[1:]}."
        for a in finding.advice
        if commands.isdisjoint(step.command for step in a.next_steps)
    )


def _reasons(assessment: Assessment) -> tuple[str, ...]:
    if assessment.answer is Answer.UNKNOWN and assessment.missing:
        return (*assessment.evidence, *_needed(assessment.missing))
    return assessment.evidence


def _needed(missing: Sequence[str]) -> Iterator[str]:
    """Yield what is missing to decide about a cause: evidence, then open questions."""
    named = [m.removeprefix("the reason ") for m in missing]
    questions = [m for m in named if m.split(" ", 1)[0] in _QUESTIONS]
    things = [m for m in named if m not in questions]
    if things:
        yield f"missing to decide: {', and '.join(things)}"
    if questions:
        yield f"not known: {', and '.join(questions)}"


def _snapshot(finding: Finding) -> str:
    """Return the command that judges the finding again, or why there is none.

    `parallax judge` judges a target, so a source of evidence has only the address.
    """
    if finding.snapshot_problem:
        return fill(finding.snapshot_problem)
    if finding.snapshot_ref is None:
        return ""
    url = plain_line(finding.snapshot_ref.url)
    if is_monitor(finding):
        return f"The observations are stored in S3:\n\n    {url}"
    return f"Judge the observations again:\n\n    parallax judge {url}"


def _ids(finding: Finding) -> str:
    """Return what identifies the finding."""
    lines = [
        f"judged at      {clock(finding.judged_at)}",
        f"cause          {finding.cause}",
        f"incident       {finding.incident}",
        f"finding        {finding.id}",
    ]
    request = _request_id(finding)
    if request and not is_monitor(finding):
        lines += [
            f"first request  {request}",
            "               (the X-Request-Id of the first external probe)",
        ]
    return "\n".join(["-- ", *map(plain_line, lines)])


def _request_id(finding: Finding) -> str | None:
    """Return the id of the run's first request; earlier releases did not store it."""
    run = finding.snapshot.run if finding.snapshot else None
    return finding.request_id or (run.first.request_id if run else None)
