"""Finding: a finding as the fields of an answer.

In: a `Finding`. Out: facts of fixed vocabularies, and the texts that were observed.
It does not: contain the evidence of each cause; `parallax.mcp.evidence` does.
"""

from datetime import datetime

from parallax.causes import CAUSES
from parallax.mcp import untrusted
from parallax.mcp.answer import Fields
from parallax.model.finding import Finding, Moment, Response
from parallax.model.judgement import (
    NOT_ESTABLISHED,
    SILENCES,
    UNWATCHED,
    Answer,
    Assessment,
    HopSeen,
    Lead,
    NextStep,
)
from parallax.model.wire import Json, encode

STEPS, MOMENTS, SENTENCES, CANDIDATES, LABELS = 10, 30, 6, 10, 20
"""Most items of each list."""
TITLES = {cause.id: cause.title for cause in CAUSES} | {
    NOT_ESTABLISHED: "no single cause is established",
    UNWATCHED: "the target is not in the targets file any more",
    **dict.fromkeys(SILENCES, "Parallax itself does not see enough"),
}
"""Short texts of Parallax for each id of a cause."""


class SymptomFacts(Fields):
    """What fails, in numbers."""

    external: str
    internal: str
    difference: str
    constancy: str
    failed: int
    total: int
    inside_failed: int
    inside_total: int
    status_code: int | None = None
    error_type: str | None = None
    window_seconds: float | None = None


class HopFacts(Fields):
    """A hop of the path and its state."""

    hop: str
    state: str


class FindingFacts(Fields):
    """A finding without texts."""

    id: str
    incident: str
    target: str
    url: str | None
    state: str
    since: datetime
    judged_at: datetime
    cause: str
    cause_title: str
    established: bool
    blamed_class: str | None
    blamed_hop: str | None
    reason: str | None
    settling: bool
    severity: str
    runbook: str | None
    symptom: SymptomFacts
    path: list[HopFacts]
    supported: list[str]
    refuted_count: int
    unknown_count: int
    snapshot_address: str | None
    next_mail_at: datetime | None


class Step(Fields):
    """A next step. `command` is null if there is none, or if it is too long to show."""

    text: str
    command: str | None
    undo: str | None
    alternative: bool


class FindingObserved(Fields):
    """The texts of a finding."""

    title: str
    summary: str
    trend: str | None
    why: list[str]
    most_telling: str | None
    excludes: str | None
    still_possible: list[str]
    path: dict[str, str]
    next_steps: list[Step]
    response: dict[str, Json] | None
    timeline: list[str]
    labels: dict[str, str]
    snapshot_problem: str | None


def finding_facts(finding: Finding) -> FindingFacts:
    """Return the facts of a finding."""
    answers = [assessment.answer for assessment in finding.assessments]
    reference = finding.snapshot_ref
    return FindingFacts(
        id=finding.id,
        incident=finding.incident,
        target=untrusted.name(finding.target),
        url=untrusted.url(finding.url),
        state=finding.state.value,
        since=finding.since,
        judged_at=finding.judged_at,
        cause=finding.cause,
        cause_title=TITLES.get(finding.cause, ""),
        established=finding.cause != NOT_ESTABLISHED,
        blamed_class=finding.class_ and finding.class_.value,
        blamed_hop=finding.hop and finding.hop.value,
        reason=finding.reason,
        settling=finding.settling,
        severity=finding.severity.value,
        runbook=untrusted.url(finding.runbook),
        symptom=_symptom(finding),
        path=[HopFacts(hop=h.hop.value, state=h.state.value) for h in finding.path],
        supported=[a.cause for a in finding.assessments if is_supported(a)],
        refuted_count=answers.count(Answer.REFUTED),
        unknown_count=answers.count(Answer.UNKNOWN),
        snapshot_address=reference and untrusted.sentence(reference.url),
        next_mail_at=finding.next_mail_at,
    )


def finding_observed(finding: Finding) -> FindingObserved:
    """Return the texts of a finding, bounded."""
    lead = finding.lead or Lead(observation="")
    problem = finding.snapshot_problem
    return FindingObserved(
        title=untrusted.sentence(finding.title),
        summary=untrusted.sentence(finding.symptom.summary),
        trend=finding.symptom.trend_text
        and untrusted.sentence(finding.symptom.trend_text),
        why=untrusted.sentences(_why(finding), SENTENCES),
        most_telling=untrusted.sentence(lead.observation) or None,
        excludes=untrusted.sentence(lead.excludes) or None,
        still_possible=[one.cause for one in lead.candidates[:CANDIDATES]],
        path={h.hop.value: untrusted.sentence(h.seen) for h in _seen(finding)},
        next_steps=[_step(step) for step in finding.next_steps[:STEPS]],
        response=_response(finding.response),
        timeline=untrusted.sentences(
            [_moment(one) for one in finding.timeline], MOMENTS
        ),
        labels={
            untrusted.name(key): untrusted.name(value)
            for key, value in finding.labels[:LABELS]
        },
        snapshot_problem=problem and untrusted.sentence(problem),
    )


def is_supported(assessment: Assessment) -> bool:
    """Say whether the evidence proves this cause."""
    return assessment.answer is Answer.SUPPORTED


def _symptom(finding: Finding) -> SymptomFacts:
    symptom = finding.symptom
    return SymptomFacts(
        external=symptom.external.value,
        internal=symptom.internal.value,
        difference=symptom.difference.value,
        constancy=symptom.constancy.value,
        failed=symptom.failed,
        total=symptom.total,
        inside_failed=symptom.inside_failed,
        inside_total=symptom.inside_total,
        status_code=symptom.status_code,
        error_type=symptom.error_type and untrusted.name(symptom.error_type),
        window_seconds=symptom.window_seconds,
    )


def _why(finding: Finding) -> list[str]:
    """Return the evidence of the named cause."""
    named = (a for a in finding.assessments if a.cause == finding.cause)
    return [text for assessment in named for text in assessment.evidence]


def _seen(finding: Finding) -> list[HopSeen]:
    return [hop for hop in finding.path if hop.seen]


def _step(step: NextStep) -> Step:
    return Step(
        text=untrusted.sentence(step.text),
        command=untrusted.command(step.command),
        undo=untrusted.command(step.way_back),
        alternative=step.alternative,
    )


def _response(response: Response | None) -> dict[str, Json] | None:
    if response is None:
        return None
    fields: dict[str, Json] = encode(response)
    return {
        key: untrusted.sentence(value) if isinstance(value, str) else value
        for key, value in fields.items()
    }


def _moment(moment: Moment) -> str:
    return f"{encode(moment.at)} {moment.text}"
