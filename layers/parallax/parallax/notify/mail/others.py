"""Others: the other causes: also true, ruled out, not determined.

In: a finding. Out: lines. It does not: list all of them; `parallax judge` does. Those
at the hops nearest to the named cause are the ones that a reader thinks of.
"""

from parallax.causes import CAUSES
from parallax.diagnose.wording import without_an_ingress
from parallax.model.finding import Finding
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Assessment, Hop
from parallax.notify.paragraph import bullets, paragraph, stacked

LISTED = 3
"""Causes of each kind that a mail lists."""
_ORDER = list(Hop)
_TITLES = {cause.id: cause.title for cause in CAUSES}
_HOPS = {cause.id: cause.hop for cause in CAUSES}


def also_true(finding: Finding) -> str:
    """Return the other causes that the evidence supports, those with news first."""
    true = [
        a
        for a in finding.assessments
        if a.answer is Answer.SUPPORTED and a.cause != finding.cause
    ]
    follow = [
        f"{_title(finding, a)} ({a.cause})"
        for a in true
        if a.explained_by == finding.cause
    ]
    own = [_true(finding, a) for a in true if a.explained_by != finding.cause]
    names = "; ".join(follow)
    last = f"ALSO TRUE, as a consequence: {names}." if follow else ""
    return stacked(bullets("ALSO TRUE", own), paragraph(last))


def _true(finding: Finding, assessment: Assessment) -> str:
    of, shown = assessment.explained_by, "; ".join(assessment.evidence[:1])
    because = f", a consequence of {of}" if of else ""
    why = f", because of {assessment.reason}" if assessment.reason else ""
    return f"{_title(finding, assessment)} ({assessment.cause}{why}{because}): {shown}"


def _title(finding: Finding, assessment: Assessment) -> str:
    """Return a cause's title, in words that are right for the path of the requests."""
    title = _TITLES.get(assessment.cause, assessment.cause)
    hops = {seen.hop for seen in finding.path}
    has_ingress = Hop.INGRESS in hops or Hop.SERVICE not in hops
    return title if has_ingress else without_an_ingress(title)


def excluded(finding: Finding, link: str = "") -> str:
    """Return the nearest causes that were ruled out, or could not be determined.

    Once a cause is established, the undetermined ones are only counted: most are
    questions that it answers. `link` is the line that leads to all answers.
    """
    page = "on the incident's page" if link else "in `parallax judge`"
    ruled_out, open_ = (_others(finding, a) for a in (Answer.REFUTED, Answer.UNKNOWN))
    if finding.cause == NOT_ESTABLISHED:
        return stacked(
            _listed("RULED OUT", finding, ruled_out, page),
            _listed("NOT DETERMINED", finding, open_, page),
        )
    count = f"Not determined: {len(open_)}, {page}." if open_ else ""
    return paragraph(f"{_listed('RULED OUT', finding, ruled_out, page)} {count}")


def _others(finding: Finding, answer: Answer) -> list[Assessment]:
    """Return the other causes with this answer, nearest first."""
    others = [
        a
        for a in finding.assessments
        if a.answer is answer and a.cause != finding.cause and not _is_lead(finding, a)
    ]
    others.sort(key=lambda a: (_is_off_path(finding, a), _distance(finding, a)))
    return others


def _listed(title: str, finding: Finding, others: list[Assessment], page: str) -> str:
    if not others:
        return ""
    texts = [_text(finding, one) for one in others[:LISTED]]
    more = len(others) - len(texts)
    rest = [f"{more} more {page}."] if more > 0 else []
    return paragraph(f"{title}: {' '.join([*texts, *rest])}")


def _text(finding: Finding, assessment: Assessment) -> str:
    """Return a cause, and what rules it out or is missing to decide.

    What is missing matters while no cause is established.
    """
    question = f"{_title(finding, assessment)}?"
    if assessment.answer is Answer.REFUTED and assessment.evidence:
        return f"{question} No: {assessment.evidence[0]}."
    if finding.cause == NOT_ESTABLISHED and assessment.missing:
        return f"{question} Not known: {assessment.missing[0]}."
    return question


def _distance(finding: Finding, assessment: Assessment) -> int:
    """Return how many hops lie between a cause and the named one."""
    hop, at = _HOPS.get(assessment.cause), finding.hop
    if hop is None or at is None:
        return len(_ORDER)
    return abs(_ORDER.index(hop) - _ORDER.index(at))


def _is_off_path(finding: Finding, assessment: Assessment) -> bool:
    """Return whether a cause is about a hop that the target's requests do not pass.

    The path has the network between nodes only if it fails. Without an agent it ends at
    the load balancer.
    """
    hops = {seen.hop for seen in finding.path} | {Hop.OVERLAY}
    hop = _HOPS.get(assessment.cause)
    return Hop.SERVICE in hops and hop is not None and hop not in hops


def _is_lead(finding: Finding, assessment: Assessment) -> bool:
    """Return whether the mail lists a cause already as one that remains."""
    candidates = finding.lead.candidates if finding.lead else ()
    return any(one.cause == assessment.cause for one in candidates)
