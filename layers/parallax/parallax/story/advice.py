"""Advice: publishes each advice of a target once when it begins, once when it ends.

In: the record so far, a judgement, its snapshot, the rules. Out: the record as it
stands now, with its events; the same record if nothing changed.
It does not: alarm, repeat, or treat missing evidence as an end. Advice is published
when it has applied for the settle window, so that a rollout causes none. It ends when
fresh evidence has not shown it for the quiet time.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from parallax import advice as advisers
from parallax.evidence.scene import Scene
from parallax.model.advice import AdviceEvent, AdviceRecord, AdviceState, Standing
from parallax.model.judgement import Judgement
from parallax.model.snapshot import Snapshot
from parallax.story.rules import Rules


def advice_subject(target: str) -> str:
    """Return the subject of the record of a target's advice."""
    return f"{target}/advice"


def advance_record(
    before: AdviceRecord | None, judgement: Judgement, snapshot: Snapshot, rules: Rules
) -> AdviceRecord | None:
    """Return the record after a judgement; None until there is any advice."""
    record = before or AdviceRecord(subject=advice_subject(snapshot.target.name))
    now, decided = snapshot.taken_at, advisers.decidable(Scene.of(snapshot))
    record = replace(record, standing=tuple(_rebased(e, now) for e in record.standing))
    given = {advice.id: advice for advice in judgement.advice}
    standing: list[Standing] = []
    changes: list[tuple[AdviceState, Standing]] = []
    for entry in record.standing:
        seen = entry.advice.id in given
        gone = not seen and entry.advice.id in decided
        after = _advanced(entry, now, rules, seen=seen, gone=gone)
        if after is None and entry.published:
            changes.append((AdviceState.GONE, entry))
        elif after is not None and after.published and not entry.published:
            latest = replace(after, advice=given[after.advice.id])
            changes.append((AdviceState.GIVEN, latest))
            standing.append(latest)
        elif after is not None:
            standing.append(after)
    old = {entry.advice.id for entry in record.standing}
    standing += [
        Standing(advice=a, since=now) for a in given.values() if a.id not in old
    ]
    if tuple(standing) == (before.standing if before else ()):
        return before
    record = replace(record, standing=tuple(standing))
    return _with_events(record, changes, now, snapshot.target.name, snapshot.target.url)


def retire(record: AdviceRecord, now: datetime) -> AdviceRecord:
    """Return the record of a target that left the targets file: no advice applies.

    Published advice ends as no longer watched, since its state is unknown. The record
    itself stays, so that a target that returns does not publish under old ids.
    """
    changes = [(AdviceState.UNWATCHED, e) for e in record.standing if e.published]
    name = record.subject.removesuffix(advice_subject(""))
    return _with_events(replace(record, standing=()), changes, now, name)


def _rebased(entry: Standing, now: datetime) -> Standing:
    """Limit instants from a clock that was ahead to now, so that waits end."""
    gone = entry.gone_since
    return replace(
        entry, since=min(entry.since, now), gone_since=min(gone, now) if gone else None
    )


def _advanced(
    entry: Standing, now: datetime, rules: Rules, *, seen: bool, gone: bool
) -> Standing | None:
    """Return one advice after a judgement; None: it ended."""
    if seen:
        settled = now - entry.since >= timedelta(seconds=rules.settle_seconds)
        return replace(entry, published=entry.published or settled, gone_since=None)
    if not gone:
        return entry
    if not entry.published:
        return None
    since = entry.gone_since or now
    over = now - since >= timedelta(seconds=rules.quiet_seconds)
    return None if over else replace(entry, gone_since=since)


def _with_events(
    record: AdviceRecord,
    changes: list[tuple[AdviceState, Standing]],
    now: datetime,
    target: str,
    url: str | None = None,
) -> AdviceRecord:
    """Return the record with its events; an id follows from subject and number."""
    events = tuple(
        AdviceEvent(
            id=str(uuid5(NAMESPACE_URL, f"parallax:{record.subject}:{number}")),
            target=target,
            url=url,
            state=state,
            since=entry.since,
            judged_at=now,
            advice=entry.advice,
        )
        for number, (state, entry) in enumerate(changes, record.number + 1)
    )
    return replace(record, number=record.number + len(events), events=events)
