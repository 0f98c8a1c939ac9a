"""Incidents: pages of incidents: usual ones, and the worst ones.

In: the recorded runs in events/diagnose. Out: HTML with the headers of a response.
It does not: use AWS, a clock or a browser.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from parallax.diagnose.judge import judge
from parallax.groups.alert import alone
from parallax.groups.person import mute_of
from parallax.model.alert import Alert, Unaffected
from parallax.model.finding import Finding, NotificationReason, SnapshotRef
from parallax.model.group import Group, Groups, Member
from parallax.model.incident_state import State
from parallax.model.place import Place, PlaceKind
from parallax.model.probe import Phases
from parallax.model.snapshot import PastProbe, Snapshot
from parallax.model.snapshot_excerpt import excerpt_of
from parallax.model.stored_snapshot import decode_snapshot
from parallax.report.observed import Observed
from parallax.report.page import incident_page
from parallax.report.response import Response
from parallax.report.standing import Standing
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import hostile
from tests.parallax.open_group import GROUP_ID, muted

ROOT = Path(__file__).parents[3]
MINUTE = timedelta(minutes=1)
REF = SnapshotRef(
    url=f"s3://parallax-snapshots-1/snapshots/2026-11-27/{'5d' * 32}.json.gz",
    sha256="5d" * 32,
    bytes=18_312,
)
NO_BUCKET = Observed(
    problem="The snapshot cannot be shown: s3://parallax-snapshots-1/snapshots/x:"
    " access denied. Reading needs s3:GetObject."
)
MARKUP = (
    "</pre></style><script>document.title='hacked'</script><img src=//evil.example>"
)


def recorded(name: str) -> Snapshot:
    """Return a recorded snapshot, with a half hour of good probes before it."""
    path = ROOT / "events/diagnose" / f"{name}.json"
    snapshot = decode_snapshot(json.loads(path.read_text())["snapshot"])
    run = snapshot.run
    assert run is not None
    since = snapshot.failing_since or run.started_at
    first = run.first
    good = replace(
        first,
        healthy=True,
        status_code=200,
        error_type=None,
        error_phase=None,
        started_at=since - MINUTE,
        duration=0.041,
        phases=Phases(
            resolve=0.004, connect=0.002, tls=0.009, processing=0.025, transfer=0.001
        ),
        headers=(),
        body="",
    )
    past = tuple(
        PastProbe(started_at=since - n * MINUTE, healthy=True, status_code=200)
        for n in range(28, 0, -1)
    )
    return replace(snapshot, past=(*past, *snapshot.past), last_good=good)


def finding_of(snapshot: Snapshot) -> Finding:
    """Return the finding of a snapshot, as the stack publishes it."""
    later = replace(snapshot, settle_seconds=0)
    incident = advance(None, judge(later), later, rules=Rules())
    assert incident is not None
    assert incident.finding is not None
    turn = NotificationReason.FIRING
    return replace(incident.finding, turn=turn, snapshot=None, snapshot_ref=REF)


def alert_with(finding: Finding, names: tuple[str, ...]) -> tuple[Alert, Groups]:
    """Return the alert and the groups of a finding that affects targets."""
    place = finding.place or Place(kind=PlaceKind.TARGET, name=finding.target)
    members = tuple(
        Member(
            target=name,
            url=f"https://{name}.example/",
            incident=f"{name}-1",
            state=State.FIRING,
            since=finding.since,
            status_code=finding.symptom.status_code,
            error_type=finding.symptom.error_type,
            cause=finding.cause,
            difference=finding.symptom.difference,
            constancy=finding.symptom.constancy,
        )
        for name in names
    )
    alert = replace(
        alone(finding),
        group=GROUP_ID,
        at=finding.judged_at,
        members=members,
        watched=len(members),
        unaffected=(Unaffected(place=None, targets=2, names=("docs", "blog")),),
        next_mail_at=finding.judged_at + timedelta(hours=6),
    )
    group = Group(
        id=GROUP_ID,
        cause=finding.cause,
        place=place,
        since=finding.since,
        members=members,
        number=1,
        mailed_at=finding.judged_at,
    )
    return alert, Groups(groups=(group,), opened=1)


def response(
    snapshot: Snapshot, names: tuple[str, ...] = (), seen: Observed | None = None
) -> Response:
    """Return the response with the page of a snapshot's incident."""
    finding = finding_of(snapshot)
    others = names or (finding.target, "shop-front")
    alert, board = alert_with(finding, others)
    shown = seen or Observed(excerpt=excerpt_of(snapshot))
    return _page(alert, board, shown)


def _still_failing(group: Group, now: datetime) -> dict[str, tuple[PastProbe, ...]]:
    """Return one probe a minute of each member until the page was made."""
    return {
        one.target: tuple(
            PastProbe(
                started_at=now - timedelta(seconds=21) - n * MINUTE,
                healthy=False,
                status_code=one.status_code,
                error_type=one.error_type,
            )
            for n in range(7, -1, -1)
        )
        for one in group.members
    }


def _page(alert: Alert, board: Groups, seen: Observed, **changes: Any) -> Response:
    group, now = next(iter(board.groups), None), alert.at + timedelta(minutes=7)
    held = mute_of(board, group, now) if group else None
    standing = Standing(
        alert=alert,
        group=group,
        mute=held,
        now=now,
        probes=_still_failing(group, now) if group else {},
        **changes,
    )
    raw = f"/i/{GROUP_ID}/snapshot.json?s=x&e=1"
    expires = alert.at + timedelta(days=14)
    return Response(200, incident_page(standing, expires, seen, raw))


def poisoned() -> Response:
    """Return the page of an incident whose every text is hostile."""
    snapshot = recorded("lb-health-check-wrong-port")
    alert, board = alert_with(finding_of(snapshot), ("shop-api", "shop-front"))
    seen = Observed(excerpt=excerpt_of(snapshot))
    held = muted(board, GROUP_ID, timedelta(days=7), "Ana", "upgrade")
    usual = hostile.POISON
    hostile.POISON = MARKUP + usual
    try:
        bad = hostile.poisoned
        return _page(bad(alert), bad(held), bad(seen))
    finally:
        hostile.POISON = usual


def not_established() -> Response:
    """Return the page of a failure without a cause: nothing but the outside."""
    snapshot = recorded("node-firewall-blocks-load-balancer")
    return response(replace(snapshot, balancer=None, reports=(), sightings=()))


def resolved() -> Response:
    """Return the page of an incident that has ended, whose link is still opened."""
    snapshot = recorded("lb-health-check-wrong-port")
    run, good = snapshot.run, snapshot.last_good
    assert run is not None
    assert good is not None
    again = snapshot.taken_at + 12 * MINUTE
    healthy = replace(good, started_at=again)
    well = replace(
        snapshot,
        taken_at=again + 5 * MINUTE,
        run=replace(run, started_at=healthy.started_at, probes=(healthy,)),
        failing_since=None,
        well_since=healthy.started_at,
    )
    failure = finding_of(snapshot)
    finding = replace(
        failure,
        state=State.RESOLVED,
        turn=NotificationReason.RESOLVED,
        path=judge(well).path,
        symptom=judge(well).symptom,
        judged_at=well.taken_at,
        next_steps=(),
        response=None,
        well_since=healthy.started_at,
    )
    alert, _ = alert_with(finding, ())
    names = ("shop-api", "shop-front")
    over = replace(alert, recovered=names, unaffected=(), failure=failure)
    return _page(over, Groups(), Observed(excerpt=excerpt_of(snapshot)))


PAGES = {
    "load-balancer": lambda: response(recorded("lb-health-check-wrong-port")),
    "cdn": lambda: response(recorded("cdn-cannot-reach-origin")),
    "overlay": lambda: response(recorded("overlay-between-nodes-broken")),
    "pod-too-slow": lambda: response(recorded("pod-too-slow")),
    "without-snapshot": lambda: response(
        recorded("dns-stale-address-dead"), seen=NO_BUCKET
    ),
    "not-established": not_established,
    "resolved": resolved,
    "many-targets": lambda: response(
        recorded("lb-no-target"),
        ("keybuzz-api", *(f"target-{n:03}" for n in range(1, 500))),
    ),
    "hostile": poisoned,
}
"""Name -> how its response is made."""
