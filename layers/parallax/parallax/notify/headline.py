"""Headline: a mail's first paragraph: what fails, for whom, since when, how often.

In: a finding. Out: lines. It does not: name a cause; `parallax.notify.blame` does.
"""

from datetime import timedelta

from parallax.model.finding import Finding
from parallax.model.judgement import Constancy, Difference, Symptom, followed
from parallax.notify.paragraph import clock, fill, span, stacked
from parallax.notify.subject import response

_SOME_USERS = {"dns-resolvers-disagree": "users of some resolvers"}
"""Who is affected, for a cause that by its meaning affects only a part of the users."""
_ERRORS_FROM = 400
"""HTTP's error statuses begin here."""


def headline(finding: Finding) -> str:
    """Return what fails, for whom, since when, what the failures share, the trend."""
    symptom = finding.symptom
    return stacked(
        fill(f"{finding.url} {_failure(finding)} {_audience(finding)}."),
        since(finding),
        fill(f"Observed {symptom.summary}.{_constancy(symptom)}"),
        fill(f"Failures follow {followed(symptom.follows)}.")
        if symptom.follows
        else "",
        fill(f"Trend: {symptom.trend_text}.") if symptom.trend_text else "",
    )


def _audience(finding: Finding) -> str:
    """Return who is affected; if few inside probes fail, the share that succeeds."""
    users = _SOME_USERS.get(finding.cause, "users")
    symptom = finding.symptom
    if symptom.difference is Difference.BOTH:
        return f"for {users}; it fails inside the cluster too"
    if symptom.difference is not Difference.EXTERNAL_ONLY:
        return f"for {users}"
    succeeded = symptom.inside_total - symptom.inside_failed
    if not symptom.inside_failed:
        return f"for {users}; inside the cluster it works"
    share = f"{succeeded} of {symptom.inside_total}"
    return f"for {users}; inside the cluster it mostly works ({share} probes)"


def _constancy(symptom: Symptom) -> str:
    """Return e.g. ` Intermittent: 3 of 11 requests, sent within 20 s, failed.`."""
    if symptom.constancy is Constancy.UNKNOWN:
        return ""
    time = symptom.window_seconds
    window = f", sent within {span(timedelta(seconds=time))}," if time else ""
    constant = symptom.constancy is Constancy.CONSTANT
    share = "all" if constant else f"{symptom.failed} of"
    text = f"{share} {symptom.total} requests{window} failed"
    return f" {symptom.constancy.value.capitalize()}: {text}."


def _failure(finding: Finding) -> str:
    """Return e.g. `responds with 503` or `does not respond (timeout)`."""
    status, got = finding.symptom.status_code, response(finding)
    intermittent = finding.symptom.constancy is Constancy.INTERMITTENT
    often = "intermittently " if intermittent else ""
    if status is None:
        never = "intermittently fails to" if intermittent else "does not"
        return f"{never} respond ({got})" if got else f"{often}fails"
    text = f"{often}responds with {got}"
    return text if status >= _ERRORS_FROM else f"{text} but is not healthy"


def since(finding: Finding) -> str:
    """Return since when, and how long ago that is."""
    ago = span(finding.judged_at - finding.since)
    return f"Since {clock(finding.since)} ({ago} ago)."
