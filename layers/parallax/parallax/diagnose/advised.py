"""Advised: what of a target's advice is told, once when it comes and once when it goes.

In: the record so far, a judgement, its snapshot, the rules. Out: the record as it
stands now, with its news; the same record where nothing moved.
It does not: alarm, repeat, or take silence for an end. Advice is told when it has
stood for the settle window, so that a rollout gives none, and is gone when what it
looks at was freshly read without it for the quiet time.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from parallax import advice as advisers
from parallax.diagnose.rules import Rules
from parallax.evidence.scene import Scene
from parallax.model.advice import AdviceNews, AdviceRecord, AdviceState, Standing
from parallax.model.judgement import Judgement
from parallax.model.snapshot import Snapshot


def advice_subject(target: str) -> str:
    """Return whose record a target's advice is."""
    return f"{target}/advice"


def retell(
    before: AdviceRecord | None, judgement: Judgement, snapshot: Snapshot, rules: Rules
) -> AdviceRecord | None:
    """Return the record after a judgement; None while there never was any advice."""
    record = before or AdviceRecord(subject=advice_subject(snapshot.target.name))
    now, known = snapshot.taken_at, advisers.decidable(Scene.of(snapshot))
    record = replace(record, standing=tuple(_rebased(e, now) for e in record.standing))
    given = {advice.id: advice for advice in judgement.advice}
    standing: list[Standing] = []
    news: list[tuple[AdviceState, Standing]] = []
    for entry in record.standing:
        seen = entry.advice.id in given
        gone = not seen and entry.advice.id in known
        after = _moved(entry, now, rules, seen=seen, gone=gone)
        if after is None and entry.told:
            news.append((AdviceState.GONE, entry))
        elif after is not None and after.told and not entry.told:
            latest = replace(after, advice=given[after.advice.id])
            news.append((AdviceState.GIVEN, latest))
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
    return _told(record, news, now, snapshot.target.name, snapshot.target.url)


def retire(record: AdviceRecord, now: datetime) -> AdviceRecord:
    """Return the record of a target that is not watched any more: nothing stands.

    What was told is told to be no longer watched, for nobody knows whether it is gone.
    The record itself stays: a target that comes back must not tell under old ids.
    """
    news = [(AdviceState.UNWATCHED, entry) for entry in record.standing if entry.told]
    name = record.subject.removesuffix(advice_subject(""))
    return _told(replace(record, standing=()), news, now, name)


def _rebased(entry: Standing, now: datetime) -> Standing:
    """Bring instants from a clock that was ahead back to now, so that waits end."""
    gone = entry.gone_since
    return replace(
        entry, since=min(entry.since, now), gone_since=min(gone, now) if gone else None
    )


def _moved(
    entry: Standing, now: datetime, rules: Rules, *, seen: bool, gone: bool
) -> Standing | None:
    """Return what becomes of one advice; None: it is gone."""
    if seen:
        settled = now - entry.since >= timedelta(seconds=rules.settle_seconds)
        return replace(entry, told=entry.told or settled, gone_since=None)
    if not gone:
        return entry
    if not entry.told:
        return None
    since = entry.gone_since or now
    over = now - since >= timedelta(seconds=rules.quiet_seconds)
    return None if over else replace(entry, gone_since=since)


def _told(
    record: AdviceRecord,
    news: list[tuple[AdviceState, Standing]],
    now: datetime,
    target: str,
    url: str | None = None,
) -> AdviceRecord:
    """Return the record with its news; an id follows from subject and number."""
    told = tuple(
        AdviceNews(
            id=str(uuid5(NAMESPACE_URL, f"parallax:{record.subject}:{number}")),
            target=target,
            url=url,
            state=state,
            since=entry.since,
            judged_at=now,
            advice=entry.advice,
        )
        for number, (state, entry) in enumerate(news, record.number + 1)
    )
    return replace(record, number=record.number + len(told), news=told)
