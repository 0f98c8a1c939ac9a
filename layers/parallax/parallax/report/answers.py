"""Answers: the assessment of every cause, which a mail lists in part.

In: a finding. Out: a part of the page that opens without a script.
It does not: judge, or order causes by how near they are; the order is that of the
judgement.
"""

from collections.abc import Sequence

from parallax.model.finding import Finding
from parallax.model.judgement import Answer, Assessment
from parallax.report.elements import Node, element

TITLES = {
    Answer.SUPPORTED: "TRUE",
    Answer.REFUTED: "RULED OUT",
    Answer.UNKNOWN: "NOT DETERMINED, and what is missing",
}


def answers(finding: Finding) -> Node | None:
    """Return all causes by answer, closed at first; None if a finding has none."""
    if not finding.assessments:
        return None
    found = {
        answer: [a for a in finding.assessments if a.answer is answer]
        for answer in TITLES
    }
    counts = (
        f"{len(found[Answer.SUPPORTED])} true, {len(found[Answer.REFUTED])} ruled out,"
        f" {len(found[Answer.UNKNOWN])} not determined"
    )
    lists = [_list(TITLES[answer], some) for answer, some in found.items() if some]
    return element("details", element("summary", f"All causes: {counts}"), *lists)


def _list(title: str, assessments: Sequence[Assessment]) -> Node:
    rows = [_row(one) for one in assessments]
    return element("section", element("h2", title), element("ul", *rows))


def _row(one: Assessment) -> Node:
    texts = one.missing or one.evidence
    hidden = f" (hidden by: {one.hidden_by})" if one.hidden_by else ""
    shown = f": {'; '.join(texts)}{hidden}" if texts or hidden else None
    return element("li", element("strong", one.cause), shown)
