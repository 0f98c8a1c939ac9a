"""Headline: the first paragraph of a mail: what happens, to whom, since when, how.

In: a finding. Out: lines. It does not: blame; see `parallax.notify.blame`.
"""

from datetime import timedelta

from parallax.model.finding import Finding
from parallax.model.judgement import Constancy, Difference, Symptom, followed
from parallax.notify.paragraph import clock, fill, span, stacked
from parallax.notify.subject import answer

WHOM = {
    Difference.BOTH: "for users, and inside the cluster too",
    Difference.EXTERNAL_UNCONFIRMED: "for users; inside is not known",
}


def headline(finding: Finding) -> str:
    """Return what, for whom, since when, how it comes, whom it follows, the trend."""
    symptom = finding.symptom
    return stacked(
        fill(f"{finding.url} {_does(finding)} {_whom(symptom)}."),
        since(finding),
        fill(f"Seen: {symptom.summary}{_how(symptom)}."),
        fill(f"Follows: {followed(symptom.follows)}.") if symptom.follows else "",
        fill(f"Trend: {symptom.trend_text}.") if symptom.trend_text else "",
    )


def _whom(symptom: Symptom) -> str:
    """Return who sees it; a minority inside is told by its share."""
    if symptom.difference is not Difference.EXTERNAL_ONLY:
        return WHOM.get(symptom.difference, "for users")
    well = symptom.inside_total - symptom.inside_failed
    if not symptom.inside_failed:
        return "for users; inside the cluster it works"
    share = f"{well} of {symptom.inside_total}"
    return f"for users; inside the cluster it mostly works ({share} probes)"


def _how(symptom: Symptom) -> str:
    """Return e.g. `; intermittent: 3 of 11 failed in 20 s`."""
    if symptom.constancy is Constancy.UNKNOWN:
        return ""
    time = symptom.window_seconds
    window = f" in {span(timedelta(seconds=time))}" if time else ""
    share = f"{symptom.failed} of {symptom.total} failed{window}"
    return f"; {symptom.constancy.value}: {share}"


def _does(finding: Finding) -> str:
    """Return what the URL does, e.g. `answers 503` or `gives no answer (timeout)`."""
    status, gets = finding.symptom.status_code, answer(finding)
    by_turns = finding.symptom.constancy is Constancy.INTERMITTENT
    often = " now and then" if by_turns else ""
    if status is None:
        return f"gives no answer{often} ({gets})" if gets else "does not answer well"
    error = 400
    said = f"answers {gets}{often}"
    return said if status >= error else f"{said}, but not well,"


def since(finding: Finding) -> str:
    """Return since when, and how long ago that is."""
    ago = span(finding.judged_at - finding.since)
    return f"Since {clock(finding.since)} ({ago} ago)."
