"""Impact: a mail's first paragraph: what users get, since when, and how often.

In: an alert. Out: lines. It does not: name a cause; `parallax.notify.mail.cause` does.
"""

from collections import Counter
from datetime import timedelta

from parallax.model.alert import Alert
from parallax.model.finding import Finding
from parallax.model.group import Member
from parallax.model.incident_state import State
from parallax.model.judgement import (
    NOT_ESTABLISHED,
    Constancy,
    Difference,
    Symptom,
    followed,
)
from parallax.notify.mail import scope
from parallax.notify.mail.subject import response
from parallax.notify.paragraph import paragraph, second, sentence, span, stacked

_SOME_USERS = {"dns-resolvers-disagree": "Users of some resolvers"}
"""Who is affected, for a cause that by its meaning affects only a part of the users."""
LISTED = 3
"""Kinds of responses that are listed."""
OLD = timedelta(minutes=10)
"""Age of a judgement from which on a mail states it."""
BOTH = 2


def impact(alert: Alert) -> str:
    """Return what users get, since when, and how often requests fail."""
    finding = alert.finding
    if scope.is_joint(alert):
        who = f"{_joint_users(alert)} {_joint_inside(alert.failing)}"
        how_often = f"{finding.target}: {_often(finding.symptom)}"
        also = _pending(alert)
    else:
        who = f"{_users(finding)} {_inside(finding.symptom)}"
        how_often, also = _constancy(finding.symptom), ""
    pattern = _pattern(finding.symptom)
    return stacked(
        paragraph(f"{who} {also}"),
        paragraph(f"{since(alert)} {how_often} {pattern} {judged(alert)}"),
    )


def since(alert: Alert) -> str:
    """Return since when, and how long ago that is."""
    ago = span(alert.at - alert.since)
    return f"Since {second(alert.since, alert.at)} UTC ({ago} ago)."


def judged(alert: Alert) -> str:
    """Return of when the judgement is, if it is old; nothing if it is new.

    A finding is published when something changes, so an old one still holds.
    """
    at = alert.finding.judged_at
    if alert.at - at < OLD:
        return ""
    when = second(at, alert.at)
    return f"The evidence is of {when} UTC. State and cause are the same since then."


def _users(finding: Finding) -> str:
    """Return e.g. `Users get 503 from https://shop.example/.`."""
    who, symptom = _who(finding), finding.symptom
    if symptom.constancy is Constancy.INTERMITTENT:
        who = _some(who)
    got = response(symptom.status_code, symptom.error_type)
    if symptom.status_code is None:
        why = f" ({got})" if got else ""
        return f"{who} get no response from {finding.url}{why}."
    if symptom.error_type:
        why = symptom.error_type.replace("_", " ")
        return f"{who} get {got} from {finding.url}, but not the whole page ({why})."
    if symptom.unmet:
        return f"{who} get {got} from {finding.url}, but {_broken(symptom.unmet)}."
    wrong = "" if symptom.status_code >= 400 else ", which is not a healthy response"  # noqa: PLR2004 - HTTP's errors begin there
    return f"{who} get {got} from {finding.url}{wrong}."


def _broken(unmet: str) -> str:
    """Return a statement about a response that breaks the target's health rule."""
    slow = unmet.startswith("slower")
    return f"the response is {unmet}" if slow else unmet


def _who(finding: Finding) -> str:
    return _SOME_USERS.get(finding.cause, "Users")


def _some(who: str) -> str:
    return f"Some {who[:1].lower()}{who[1:]}"


def _joint_users(alert: Alert) -> str:
    """Return e.g. `Users get 503 from 2 of 2 targets on lb-1.`."""
    who, whom = _who(alert.finding), scope.targets(alert)
    if scope.is_intermittent(alert):
        who = _some(who)
    kinds = Counter(map(got, alert.failing)).most_common()
    if len(kinds) == 1:
        return f"{who} get {kinds[0][0]} from {whom}."
    shown = [f"{what} from {number}" for what, number in kinds[:LISTED]]
    more = sum(number for _, number in kinds[LISTED:])
    rest = [f"others from {more}"] if more else []
    return f"{who} get errors from {whom}: {', '.join([*shown, *rest])}."


def got(member: Member) -> str:
    """Return what users of a target get."""
    what = response(member.status_code, member.error_type)
    if what and member.unmet:
        return f"{what} ({member.unmet})"
    if member.status_code is not None or what is None:
        return what or "errors"
    return f"no response ({what})" if what != "no response" else what


def _joint_inside(failing: tuple[Member, ...]) -> str:
    """Return what requests inside the cluster get, for all targets together."""
    sides = Counter(member.difference for member in failing)
    works, fails = sides[Difference.EXTERNAL_ONLY], sides[Difference.BOTH]
    unknown, total = len(failing) - works - fails, len(failing)
    if works == total:
        all_ = "both" if total == BOTH else f"all {total}"
        return f"Inside the cluster {all_} respond."
    if fails == total:
        return "They fail inside the cluster too."
    if unknown == total:
        return "What requests get inside the cluster is not known."
    parts = [
        f"{works} {'responds' if works == 1 else 'respond'}" if works else "",
        f"{fails} {'fails' if fails == 1 else 'fail'} too" if fails else "",
        f"{unknown} {'is' if unknown == 1 else 'are'} not known" if unknown else "",
    ]
    return f"Inside the cluster {', '.join(part for part in parts if part)}."


def is_confirmed(member: Member) -> bool:
    """Say whether a failure is confirmed that no group with a cause has yet."""
    return member.state is State.FIRING and member.cause == NOT_ESTABLISHED


def _pending(alert: Alert) -> str:
    number = sum(not is_confirmed(member) for member in alert.pending)
    if not number:
        return ""
    verb = "is" if number == 1 else "are"
    return f"{number} of the {len(alert.failing)} {verb} not confirmed yet."


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
    """Return e.g. `Intermittent: 3 of 11 external requests within 20 s failed, ...`."""
    if not symptom.total:
        return ""
    text = _often(symptom)
    if symptom.constancy is Constancy.UNKNOWN:
        return text
    return f"{symptom.constancy.value.capitalize()}: {text}"


def _often(symptom: Symptom) -> str:
    if not symptom.total:
        return "requests fail."
    time = symptom.window_seconds
    window = f" within {span(timedelta(seconds=time))}" if time else ""
    good = symptom.total - symptom.failed
    rest = f", {good} succeeded" if good else ""
    return (
        f"{symptom.failed} of {symptom.total} external requests{window} failed{rest}."
    )


def _pattern(symptom: Symptom) -> str:
    """Return what the failures share, and the trend."""
    follows = f"Failures follow {followed(symptom.follows)}." if symptom.follows else ""
    trend = sentence(f"Trend: {symptom.trend_text}") if symptom.trend_text else ""
    return f"{follows} {trend}"
