"""Scope: how many targets an alert is about, and where.

In: an alert. Out: phrases, e.g. `2 of 2 URLs on lb-1`; one target by its name.
A reader sees "URL" for a target: a load balancer has targets of its own.
It does not: state that the place is at fault.
"""

from datetime import timedelta

from parallax.model.alert import Alert
from parallax.model.finding import ENDS, NotificationReason
from parallax.model.judgement import Constancy
from parallax.model.place import Place, PlaceKind

SHORT_ID = 8
"""Characters of an id that a mail shows; `parallax mute` accepts them."""
_WHERE = {
    PlaceKind.LOAD_BALANCER: "on {}",
    PlaceKind.CLUSTER: "in cluster {}",
    PlaceKind.INGRESS: "behind ingress {}",
    PlaceKind.SERVICE: "of Service {}",
    PlaceKind.ZONE: "in zone {}",
    PlaceKind.CDN: "behind the CDN of {}",
    PlaceKind.CERTIFICATE: "with certificate {}",
}


def urls(number: int) -> str:
    """Return e.g. `1 URL` or `3 URLs`."""
    return f"{number} URL{'' if number == 1 else 's'}"


def is_joint(alert: Alert) -> bool:
    """Say whether an alert is about more than one target, now or at its end."""
    if alert.turn in ENDS:
        return len(alert.recovered) + len(alert.moved) > 1
    return len(alert.failing) > 1


def count(alert: Alert) -> int:
    """Return how many targets fail, or at the end, how many recovered."""
    if alert.turn in ENDS:
        return len(alert.recovered)
    return len(alert.failing)


def targets(alert: Alert) -> str:
    """Return e.g. `2 of 2 URLs on lb-1`, or the name of the only target.

    A merger is about the last target: where the others went is not known.
    """
    number = count(alert)
    if number <= 1 or alert.turn is NotificationReason.MERGED:
        return alert.finding.target
    known = alert.turn not in ENDS and (alert.watched or 0) >= number
    total = f" of {alert.watched}" if known else ""
    where = place(alert.place, short=True)
    return f"{number}{total} URLs{f' {where}' if where else ''}"


def place(where: Place, *, short: bool = False) -> str:
    """Return e.g. `on lb-1`; an empty string for a target itself.

    `short`: without the cluster and the namespace of an object, for a subject.
    """
    phrase = _WHERE.get(where.kind)
    if phrase is None:
        return ""
    cluster, _, name = where.name.rpartition(": ")
    if where.kind not in {PlaceKind.INGRESS, PlaceKind.SERVICE} or not cluster:
        return phrase.format(where.name)
    if short:
        return phrase.format(name.rpartition("/")[2])
    return f"{phrase.format(name)} of cluster {cluster}"


def is_intermittent(alert: Alert) -> bool:
    """Say whether only some requests fail, of each failing target."""
    of_lead = alert.finding.symptom.constancy is Constancy.INTERMITTENT
    rest = {m.constancy for m in alert.members if m.target != alert.finding.target}
    return of_lead and rest <= {Constancy.INTERMITTENT}


def short(identity: str) -> str:
    """Return the beginning of an id, as people write it."""
    return identity[:SHORT_ID]


def lasted(alert: Alert) -> timedelta:
    """Return how long the failure lasted, without the quiet time at the end."""
    finding = alert.finding
    return (finding.well_since or finding.judged_at) - alert.since
