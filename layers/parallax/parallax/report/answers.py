"""Answers: the assessment of every cause, with its evidence.

In: a finding. Out: parts of the page: what is true stands open, what is ruled out and
what is not determined opens without a script.
It does not: judge, or order causes by how near they are; the order is that of the
judgement.
"""

from collections.abc import Sequence

from parallax.causes import CAUSES
from parallax.model.finding import Finding
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Assessment
from parallax.report.elements import Node, element, prose

_TITLES = {cause.id: cause.title for cause in CAUSES}
TITLES = {
    Answer.REFUTED: "ruled out",
    Answer.UNKNOWN: "not determined, and what is missing",
}


def answers(finding: Finding) -> Node | None:
    """Return all causes by answer; None if a finding has none."""
    if not finding.assessments:
        return None
    supported = _with(finding, Answer.SUPPORTED)
    named = [a for a in supported if a.cause == finding.cause]
    also = [a for a in supported if a.cause != finding.cause]
    kinds = [_closed(title, _with(finding, kind)) for kind, title in TITLES.items()]
    return element(
        "section",
        element("h2", "Evidence"),
        *(part for one in named for part in _reasons(one)),
        element("p", _NO_CAUSE) if finding.cause == NOT_ESTABLISHED else None,
        element("h3", "Also true") if also else None,
        element("ul", *(_row(a, finding) for a in also)) if also else None,
        *kinds,
        class_="wide",
    )


_NO_CAUSE = "The evidence proves no single cause."


def _with(finding: Finding, answer: Answer) -> list[Assessment]:
    return [a for a in finding.assessments if a.answer is answer]


def _reasons(named: Assessment) -> tuple[Node, ...]:
    listed = [element("li", *prose(text)) for text in named.evidence]
    name = element("p", *_name(named))
    return (name, element("ul", *listed)) if listed else (name,)


def _name(one: Assessment) -> tuple[Node, ...]:
    """Return a cause's title and its id."""
    title = _TITLES.get(one.cause)
    name = element("strong", title or one.cause)
    return (name, element("span", f" {one.cause}", class_="id")) if title else (name,)


def _closed(title: str, assessments: Sequence[Assessment]) -> Node | None:
    if not assessments:
        return None
    summary = element("summary", f"{len(assessments)} {title}")
    rows = [_row(one) for one in assessments]
    return element("details", summary, element("ul", *rows))


def _row(one: Assessment, finding: Finding | None = None) -> Node:
    """Return a cause and why; `finding`: the one whose cause may explain it."""
    texts = one.missing or one.evidence
    is_stated = any(one.hidden_by in text for text in texts) if one.hidden_by else True
    hidden = "" if is_stated else f" (hidden by: {one.hidden_by})"
    shown = prose(f": {'; '.join(texts)}{hidden}.") if texts or hidden else ()
    follows = finding and one.explained_by
    because = f" A consequence of {one.explained_by}." if follows else None
    return element(
        "li",
        *_name(one),
        *shown,
        because,
    )
