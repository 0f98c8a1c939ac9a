"""Drawn: alerts of groups, as golden files and limits need them.

In: scenarios and recordings. Out: alerts by name.
It does not: decide when an alert is due; `parallax.groups` does.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from parallax.cli.saved_snapshot import read_snapshot
from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.groups.members import member_from
from parallax.model.alert import Alert, Unaffected
from parallax.model.finding import Finding, NotificationReason, State
from parallax.model.group import Acknowledged, Member
from parallax.model.judgement import Constancy, Difference
from parallax.model.place import Place, PlaceKind
from parallax.model.snapshot import Snapshot
from parallax.model.target import Severity
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s
from tests.parallax.rendered import alert_of

RECORDINGS = sorted((Path(__file__).parents[4] / "events/diagnose").glob("*.json"))
LINK = (
    "https://k3x9.lambda-url.eu-central-1.on.aws/i/e3566463?e=1764817200&s=Zk3vTq8xA1"
)
GROUP = "e3566463-2b1f-5c34-9a53-6d2f0b8f3d11"
OTHER = "77aa01c2-90f4-5b0e-8d8e-3a1c5a9be001"
LB_1 = Place(kind=PlaceKind.LOAD_BALANCER, name="keybuzz-lb")
LB_2 = Place(kind=PlaceKind.LOAD_BALANCER, name="lb-2")
REMAINING = (
    Unaffected(place=LB_2, targets=3, names=("docs", "blog", "status")),
    Unaffected(place=LB_1, targets=1, names=("search",)),
)


def finding(snapshot: Snapshot) -> Finding:
    """Return the first finding of a snapshot's incident."""
    rules = Rules(settle_seconds=snapshot.settle_seconds)
    incident = advance(None, judge(snapshot), snapshot, rules=rules)
    assert incident
    assert incident.finding
    return incident.finding


def recorded(path: Path) -> Alert | None:
    """Return the first alert of a recorded run; None: it alarms nobody."""
    snapshot = read_snapshot(str(path))
    rules = Rules(settle_seconds=snapshot.settle_seconds)
    incident = advance(None, judge(snapshot), snapshot, rules=rules)
    if incident is None or incident.finding is None or incident.finding.turn is None:
        return None
    return alert_of(incident.finding)


def members(of: Finding, count: int) -> tuple[Member, ...]:
    """Return the finding's own member, and more like it."""
    first = member_from(of)
    more = (
        replace(
            first,
            target=f"shop-{n:03}",
            url=f"https://shop-{n:03}.keybuzz.io/",
            incident=f"incident-{n}",
            since=first.since + timedelta(seconds=n % 50),
        )
        for n in range(1, count)
    )
    return (first, *more)


def joint(of: Finding, count: int) -> Alert:
    """Return the first alert of a group of this many targets."""
    return replace(
        alert_of(of),
        group=GROUP,
        place=LB_1,
        members=members(of, count),
        watched=count,
        unaffected=REMAINING[:1],
        labels=(("team", "shop"),),
    )


def two() -> Alert:
    """Return two of two targets on a load balancer."""
    return joint(finding(s.wrong_port()), 2)


def forty() -> Alert:
    """Return 40 of 41 URLs with three kinds of responses; two are pending."""
    alert = joint(finding(s.wrong_port()), 40)
    rest = [
        replace(m, status_code=None, error_type="timeout") if n % 9 == 5 else m
        for n, m in enumerate(alert.members)
    ]
    rest[7] = replace(rest[7], status_code=502)
    rest[30] = replace(rest[30], cause="pods-not-ready", difference=Difference.BOTH)
    rest[38] = replace(rest[38], difference=Difference.EXTERNAL_UNCONFIRMED)
    rest[39] = replace(rest[39], difference=Difference.EXTERNAL_UNCONFIRMED)
    return replace(
        alert,
        members=tuple(rest[:38]),
        pending=tuple(rest[38:]),
        watched=41,
        unaffected=REMAINING,
    )


def five_hundred() -> Alert:
    """Return 500 targets, of which nobody knows how many there are."""
    alert = joint(finding(s.wrong_port()), 500)
    others = tuple(
        Unaffected(place=replace(LB_2, name=f"lb-{n}"), targets=1, names=(f"x-{n}",))
        for n in range(40)
    )
    labels = tuple((f"label-{n}", "value") for n in range(30))
    return replace(alert, watched=None, unaffected=others, labels=labels)


def pending() -> Alert:
    """Return one confirmed target, and one that is not confirmed."""
    alert = two()
    return replace(alert, members=alert.members[:1], pending=alert.members[1:])


def intermittent() -> Alert:
    """Return two targets at which some requests fail."""
    alert = joint(finding(s.out_of_step()), 2)
    name = "keybuzz: ingress-nginx/ingress-nginx-controller"
    return replace(alert, place=Place(kind=PlaceKind.INGRESS, name=name), watched=5)


def mixed() -> Alert:
    """Return two targets: one fails constantly, the other at times."""
    alert = joint(finding(s.wrong_port()), 2)
    one, other = alert.members
    some = replace(other, constancy=Constancy.INTERMITTENT)
    return replace(alert, members=(one, some))


def not_established() -> Alert:
    """Return three targets without a cause."""
    return joint(finding(replace(s.wrong_port(), reports=(), sightings=())), 3)


def blind() -> Alert:
    """Return an alarm about Parallax itself."""
    dead = replace(s.healthy(), reports=s.healthy().reports[:4])
    silence = next(v.judgement for v in silences(dead) if v.judgement.class_)
    later = replace(dead, taken_at=s.NOW + timedelta(minutes=5))
    begun = advance(None, silence, dead, rules=Rules())
    fired = advance(begun, silence, later, rules=Rules())
    assert fired
    assert fired.finding
    return alert_of(fired.finding)


def resolved() -> Alert:
    """Return the end of three targets, of which one moved to another incident."""
    alert, end = two(), s.SINCE + timedelta(hours=2, minutes=5)
    over = replace(
        alert.finding,
        state=State.RESOLVED,
        turn=NotificationReason.RESOLVED,
        symptom=judge(s.healthy()).symptom,
        path=judge(s.healthy()).path,
        well_since=end,
        judged_at=end + timedelta(minutes=5),
    )
    return replace(
        alert,
        finding=over,
        turn=NotificationReason.RESOLVED,
        at=over.judged_at,
        members=(),
        recovered=("shop-001", over.target),
        moved=("shop-002",),
        unaffected=(),
        next_mail_at=None,
    )


def merged() -> Alert:
    """Return the end of an incident whose last target has another cause now."""
    alert, now = two(), finding(s.no_target())
    return replace(
        alert,
        finding=replace(now, turn=NotificationReason.MERGED),
        turn=NotificationReason.MERGED,
        members=(),
        moved=(now.target,),
        recovered=("shop-001",),
        merged_into=OTHER,
        unaffected=(),
        next_mail_at=None,
    )


def turned(alert: Alert, turn: NotificationReason, later: timedelta) -> Alert:
    """Return a later alert of the same group, with the same finding."""
    return replace(
        alert,
        turn=turn,
        at=alert.at + later,
        finding=replace(alert.finding, turn=turn),
        next_mail_at=alert.at + later + timedelta(hours=6),
    )


def grown() -> Alert:
    """Return a group that two targets opened, and now has 40."""
    alert = turned(forty(), NotificationReason.GROWN, timedelta(minutes=6))
    recovered = ("wiki", "forum")
    return replace(alert, was=2, recovered=recovered)


def acknowledged() -> Alert:
    """Return a reminder after somebody acknowledged the incident."""
    alert = turned(two(), NotificationReason.REMINDER, timedelta(hours=6))
    done = Acknowledged(by="mina@example.com", at=s.NOW + timedelta(minutes=3))
    return replace(alert, acknowledged=done, next_mail_at=None)


def changed() -> Alert:
    """Return a group whose cause became known."""
    alert = turned(two(), NotificationReason.CAUSE_CHANGED, timedelta(minutes=1))
    return replace(alert, severity=Severity.WARNING)


def left() -> Alert:
    """Return the first alert of a target that left another incident."""
    return replace(alert_of(finding(s.pods_not_ready())), joined_from=OTHER)


def one() -> Alert:
    """Return one target."""
    runbook = "https://wiki.example/runbooks/platform-api"
    return alert_of(replace(finding(s.wrong_port()), runbook=runbook))


DRAWN: dict[str, Callable[[], Alert]] = {
    "one": one,
    "two": two,
    "forty": forty,
    "five-hundred": five_hundred,
    "pending": pending,
    "intermittent": intermittent,
    "mixed": mixed,
    "not-established": not_established,
    "blind": blind,
    "resolved": resolved,
    "merged": merged,
    "grown": grown,
    "reminder-acknowledged": acknowledged,
    "changed": changed,
    "left-another": left,
}
