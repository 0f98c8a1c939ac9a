"""Impact: a mail's first paragraph: what users get, since when, and how often.

In: a finding. Out: lines. It does not: name a cause; `parallax.notify.mail.cause` does.
"""

from datetime import timedelta

from parallax.model.finding import Finding
from parallax.model.judgement import Constancy, Difference, Symptom, followed
from parallax.notify.mail.subject import response
from parallax.notify.paragraph import paragraph, second, sentence, span, stacked

_SOME_USERS = {"dns-resolvers-disagree": "Users of some resolvers"}
"""Who is affected, for a cause that by its meaning affects only a part of the users."""


def impact(finding: Finding) -> str:
    """Return what users get, since when, what the failures share, the trend."""
    symptom = finding.symptom
    follows = f"Failures follow {followed(symptom.follows)}." if symptom.follows else ""
    return stacked(
        paragraph(f"{_users(finding)} {_inside(symptom)}"),
        paragraph(f"{since(finding)} {_constancy(symptom)}"),
        paragraph(follows),
        sentence(f"Trend: {symptom.trend_text}") if symptom.trend_text else "",
    )


def _users(finding: Finding) -> str:
    """Return e.g. `Users get 503 from https://shop.example/.`."""
    who, symptom = _SOME_USERS.get(finding.cause, "Users"), finding.symptom
    if symptom.constancy is Constancy.INTERMITTENT:
        who = f"Some {who[:1].lower()}{who[1:]}"
    got = response(finding)
    if symptom.status_code is None:
        why = f" ({got})" if got else ""
        return f"{who} get no response from {finding.url}{why}."
    if symptom.error_type:
        why = symptom.error_type.replace("_", " ")
        return f"{who} get {got} from {finding.url}, but not the whole page ({why})."
    wrong = "" if symptom.status_code >= 400 else ", which is not a healthy response"  # noqa: PLR2004 - HTTP's errors begin there
    return f"{who} get {got} from {finding.url}{wrong}."


def _inside(symptom: Symptom) -> str:
    """Return what the same requests get inside the cluster."""
    failed, total = symptom.inside_failed, symptom.inside_total
    if not total:
        return "What requests get inside the cluster is not known."
    if symptom.difference is Difference.BOTH:
        return f"It fails inside the cluster too ({failed} of {total} probes)."
    if not failed:
        return f"Inside the cluster it works ({total} of {total} probes)."
    return f"Inside the cluster it mostly works ({total - failed} of {total} probes)."


def _constancy(symptom: Symptom) -> str:
    """Return e.g. `Intermittent: 3 of 11 external requests within 20 s failed.`."""
    if not symptom.total:
        return ""
    time = symptom.window_seconds
    window = f" within {span(timedelta(seconds=time))}" if time else ""
    text = f"{symptom.failed} of {symptom.total} external requests{window} failed."
    if symptom.constancy is Constancy.UNKNOWN:
        return text
    return f"{symptom.constancy.value.capitalize()}: {text}"


def since(finding: Finding) -> str:
    """Return since when, and how long ago that is."""
    ago = span(finding.judged_at - finding.since)
    at = second(finding.since, finding.judged_at)
    return f"Since {at} UTC ({ago} ago)."
