"""Emitted: what today's code publishes and stores, for readers of earlier releases.

In: the recorded snapshots in events/diagnose. Out: events, snapshots and pushes as
JSON. It does not: need AWS.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from parallax.diagnose.judge import judge
from parallax.model.advice import AdviceEvent, AdviceState
from parallax.model.finding import Finding, NotificationReason, SnapshotRef, State
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push
from parallax.model.reading_parts import split
from parallax.model.snapshot import Snapshot
from parallax.model.stored_snapshot import stored
from parallax.model.wire import decode, encode
from parallax.notify.findings_topic import message
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.conftest import ROOT
from tests.parallax.open_group import ALERT, ENDED

type Json = dict[str, Any]
SOURCE = "/parallax/eu-central-1/123456789012/parallax"
LARGE = ("lb-health-check-wrong-port", "pods-not-ready")
"""Recordings whose whole snapshots and pushes are frozen with a release."""
SOME = 5
"""Each so many-th recording stands for all where the whole would take too long."""
REFERENCE = SnapshotRef(
    url=f"s3://bucket/snapshots/2026-11-30/{'0' * 64}.json.gz", sha256="0" * 64, bytes=1
)


def recorded() -> Iterator[tuple[str, Snapshot]]:
    """Yield each recorded snapshot with the id of its fault."""
    for path in sorted((ROOT / "events/diagnose").glob("*.json")):
        yield path.stem, decode(Snapshot, json.loads(path.read_text())["snapshot"])


@cache
def findings(every: int = 1) -> tuple[Json, ...]:
    """Return an event for each recording, some without a cause, and one of an end.

    With `every` only each so many-th recording, and the large ones.
    """
    return tuple(_findings(every))


def _findings(every: int) -> Iterator[Json]:
    last: Finding | None = None
    for number, (name, snapshot) in enumerate(recorded()):
        if number % every and name not in LARGE:
            continue
        last = _finding(snapshot)
        bare = replace(last, snapshot=None, snapshot_ref=REFERENCE)
        yield _event(last if name in LARGE[:1] else bare)
        if name in LARGE:
            blind = replace(snapshot, reports=(), balancer=None, sightings=())
            yield _event(replace(_finding(blind), snapshot=None))
    assert last is not None
    end = replace(last, state=State.RESOLVED, turn=NotificationReason.RESOLVED)
    yield _event(replace(end, snapshot=None, well_since=end.judged_at))


@cache
def advice() -> tuple[Json, ...]:
    """Return an event for each state of the first advice of each recording."""
    return tuple(_advice())


def _advice() -> Iterator[Json]:
    for name, snapshot in recorded():
        for number, state in enumerate(AdviceState, 1):
            for one in judge(snapshot).advice[:1]:
                yield _event(
                    AdviceEvent(
                        id=f"{name}/advice-{number}",
                        target=snapshot.target.name,
                        url=snapshot.target.url,
                        state=state,
                        since=snapshot.taken_at,
                        judged_at=snapshot.taken_at,
                        advice=one,
                    )
                )


def alerts() -> Iterator[Json]:
    """Yield the events of an alert's beginning and end."""
    for alert in (ALERT, ENDED):
        yield _event(alert)


def snapshots() -> Iterator[Json]:
    """Yield snapshots as S3 has them."""
    for name, snapshot in recorded():
        if name in LARGE:
            yield encode(stored(snapshot))


def plain_snapshots() -> Iterator[Json]:
    """Yield snapshots as an event of a stack without a bucket has them."""
    for number, (_, snapshot) in enumerate(recorded()):
        if not number % SOME:
            yield encode(snapshot)


def pushes() -> Iterator[Json]:
    """Yield pushes of both versions, and a heartbeat."""
    for name, snapshot in recorded():
        if name in LARGE[1:]:
            for report in snapshot.reports:
                if report.reading is None:
                    continue
                yield encode(_push(SCHEMA, report, reports=(report,)))
                reference, parts, problems = split(report.reading)
                bare = replace(
                    report, reading=None, reading_ref=reference, problems=problems
                )
                yield encode(_push(SCHEMA_V2, report, reports=(bare,), readings=parts))
            beat = Heartbeat(sequence=1, interval=60.0, targets=2, nodes="0" * 32)
            yield encode(_push(SCHEMA_V2, snapshot.reports[0], heartbeat=beat))


def _push(schema: str, report: Any, **parts: Any) -> Push:
    return Push(
        schema=schema,
        cluster=report.cluster,
        node=report.node,
        sent_at=report.sent_at,
        **parts,
    )


def _finding(snapshot: Snapshot) -> Finding:
    rules = Rules(settle_seconds=snapshot.settle_seconds)
    incident = advance(None, judge(snapshot), snapshot, rules=rules)
    assert incident is not None
    assert incident.finding is not None
    return incident.finding


def _event(publication: Any) -> Json:
    return json.loads(message(publication, SOURCE)[0])
