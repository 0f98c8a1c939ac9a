"""Evidence: what was found for each cause, page by page.

In: the assessments of a finding, an answer to filter by, a position. Out: the fields of
an answer: the causes, and the sentences of their evidence.
It does not: read a finding.
"""

from collections.abc import Sequence
from typing import Literal

from parallax.mcp import untrusted
from parallax.mcp.answer import Answer, Fields
from parallax.mcp.finding import TITLES
from parallax.model.finding import Finding
from parallax.model.judgement import Assessment

PAGE, SENTENCES = 15, 5
"""Causes of one page, and sentences of one list."""

type Filter = Literal["all", "supported", "refuted", "unknown"]


class AssessmentFacts(Fields):
    """The answer for one cause."""

    cause: str
    title: str
    answer: str
    explained_by: str | None


class EvidenceFacts(Fields):
    """One page of assessments; `next_offset` is null on the last page."""

    target: str
    judged_cause: str
    total: int
    next_offset: int | None
    assessments: list[AssessmentFacts]


class AssessmentObserved(Fields):
    """The evidence for one cause, and what is missing to decide."""

    evidence: list[str]
    missing: list[str]
    hidden_by: str | None


class EvidenceObserved(Fields):
    """The evidence by the id of its cause."""

    causes: dict[str, AssessmentObserved]


def page(
    finding: Finding, answer: Filter, offset: int
) -> Answer[EvidenceFacts, EvidenceObserved]:
    """Return the assessments of a finding from a position on."""
    every = chosen(finding.assessments, answer)
    shown = every[offset : offset + PAGE]
    after = offset + len(shown)
    facts = EvidenceFacts(
        target=untrusted.name(finding.target),
        judged_cause=finding.cause,
        total=len(every),
        next_offset=after if after < len(every) else None,
        assessments=[assessment_facts(one) for one in shown],
    )
    texts = {one.cause: assessment_observed(one) for one in shown}
    return Answer(facts=facts, observed=EvidenceObserved(causes=texts))


def chosen(assessments: Sequence[Assessment], answer: Filter) -> list[Assessment]:
    """Return the assessments with this answer."""
    return [a for a in assessments if answer in ("all", a.answer.value)]


def assessment_facts(assessment: Assessment) -> AssessmentFacts:
    """Return the answer for one cause."""
    return AssessmentFacts(
        cause=assessment.cause,
        title=TITLES.get(assessment.cause, ""),
        answer=assessment.answer.value,
        explained_by=assessment.explained_by,
    )


def assessment_observed(assessment: Assessment) -> AssessmentObserved:
    """Return the sentences for one cause."""
    hidden = assessment.hidden_by
    return AssessmentObserved(
        evidence=untrusted.sentences(assessment.evidence, SENTENCES),
        missing=untrusted.sentences(assessment.missing, SENTENCES),
        hidden_by=hidden and untrusted.sentence(hidden),
    )
