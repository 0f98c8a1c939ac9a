"""Specification of the advice record: `parallax.story.advice`."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from parallax.diagnose.judge import judge
from parallax.model.advice import AdviceEvent, AdviceRecord, AdviceState, Standing
from parallax.model.judgement import Advice, Hop
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode, encode
from parallax.story.advice import advance_record, retire
from parallax.story.rules import Rules
from tests.parallax import scenarios as s

RULES = Rules(settle_seconds=120, quiet_seconds=300)


def at(seconds: float, *, ready: int) -> Snapshot:
    """Return a healthy snapshot at an instant, with this number of ready pods."""
    now = s.NOW + timedelta(seconds=seconds)
    run = s.run(s.OK, investigated=False, at=now)
    return s.taken(run, *s.reports(ready=ready, at=now), taken_at=now)


def live_through(
    snapshots: Sequence[Snapshot],
) -> tuple[AdviceRecord | None, list[AdviceEvent]]:
    """Judge each snapshot; return the record and all published events."""
    record: AdviceRecord | None = None
    published: list[AdviceEvent] = []
    for x in snapshots:
        after = advance_record(record, judge(x), x, RULES)
        if after is not None and after != record:
            published += after.events
        record = after
    return record, published


def test_advice_is_published_once_when_it_begins_and_once_when_it_ends() -> None:
    """Two events for one advice, no matter how often it is observed."""
    seen = [at(n, ready=1) for n in range(0, 600, 30)]
    gone = [at(n, ready=5) for n in range(600, 1200, 30)]
    record, published = live_through([*seen, *gone])
    assert [(v.state, v.advice.id) for v in published] == [
        (AdviceState.GIVEN, "one-ready-replica"),
        (AdviceState.GONE, "one-ready-replica"),
    ]
    assert published[0].judged_at == s.NOW + timedelta(seconds=120)
    assert published[1].judged_at == s.NOW + timedelta(seconds=900)
    assert len({v.id for v in published}) == 2
    assert {(v.target, v.url) for v in published} == {(s.TARGET.name, s.TARGET.url)}
    assert record
    assert record.standing == ()
    assert record.subject == "platform-api/advice"


def test_a_rollout_causes_no_advice() -> None:
    """One ready pod for less than the settle window publishes nothing."""
    short = [at(n, ready=1) for n in (0, 30, 60)]
    record, published = live_through([*short, at(90, ready=5), at(150, ready=1)])
    assert published == []
    assert record
    assert [v.since for v in record.standing] == [s.NOW + timedelta(seconds=150)]


def test_intermittent_advice_is_published_once() -> None:
    """Advice that is absent for less than the quiet time has not ended."""
    seen = [at(n, ready=1 if n % 120 else 5) for n in range(30, 1200, 30)]
    _, published = live_through(
        [at(0, ready=1), *seen[:3], *[at(130, ready=1)], *seen[4:]]
    )
    assert [v.state for v in published] == [AdviceState.GIVEN]


def test_missing_evidence_does_not_end_advice() -> None:
    """Without agents, the number of ready pods is unknown."""
    seen = [at(n, ready=1) for n in (0, 60, 120)]
    blind = [replace(at(n, ready=5), reports=()) for n in range(150, 1200, 60)]
    record, published = live_through([*seen, *blind])
    assert [v.state for v in published] == [AdviceState.GIVEN]
    assert record
    assert record.standing[0].published


def test_no_change_stores_nothing() -> None:
    """No record for a target without advice; the same record if nothing changes."""
    healthy = at(0, ready=5)
    assert advance_record(None, judge(healthy), healthy, RULES) is None
    record, _ = live_through([at(n, ready=1) for n in (0, 120)])
    again = at(180, ready=1)
    assert advance_record(record, judge(again), again, RULES) is record


def test_a_clock_that_was_ahead_delays_nothing() -> None:
    """An instant an hour in the future counts as now, and waits no longer than that."""
    seen = [at(n, ready=1) for n in (3600, 0, 60, 120)]
    _, published = live_through(seen)
    assert [v.judged_at for v in published] == [s.NOW + timedelta(seconds=120)]
    gone = [at(n, ready=5) for n in (7200, 180, 480)]
    _, published = live_through([*seen, *gone])
    assert [v.state for v in published] == [AdviceState.GIVEN, AdviceState.GONE]


def test_a_target_that_returns_publishes_under_new_ids() -> None:
    """Its old advice ends as no longer watched; later advice begins again."""
    record, published = live_through([at(n, ready=1) for n in (0, 120)])
    assert record
    after = retire(record, s.NOW + timedelta(seconds=200))
    assert [v.state for v in after.events] == [AdviceState.UNWATCHED]
    assert after.standing == ()
    for n in (300, 420):
        x = at(n, ready=1)
        record = advance_record(after, judge(x), x, RULES)
        assert record
        after = record
    ids = {v.id for v in (*published, *after.events)}
    assert len(ids) == len(published) + 1


def test_given_and_gone_alternate_for_any_input() -> None:
    """Any order of evidence, silence and clocks: no duplicate, none after an end."""
    events = 0
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - no secret
        record: AdviceRecord | None = None
        published: list[AdviceEvent] = []
        seconds = 0
        for _ in range(40):
            seconds += chance.choice([-7200, 15, 60, 60, 300, 3600])
            x = at(seconds, ready=chance.choice([1, 1, 5]))
            if not chance.randrange(4):
                x = replace(x, reports=())
            after = advance_record(record, judge(x), x, RULES)
            if after is not None and after is not record:
                published += after.events
                assert after.number == len(published)
            assert advance_record(after, judge(x), x, RULES) in (after, None)
            record = after
        turns = [v.state for v in published]
        expected = [AdviceState.GIVEN, AdviceState.GONE] * len(turns)
        assert turns == expected[: len(turns)]
        assert len({v.id for v in published}) == len(published)
        events += len(published)
    assert events > 20


def test_stored_records_keep_their_field_names() -> None:
    """Records of earlier releases have `news` and `told`."""
    advice = Advice(id="long-ttl", hop=Hop.DNS, title="A change takes long")
    standing = Standing(advice=advice, since=s.NOW, published=True)
    stored = encode(AdviceRecord(subject="front/advice", standing=(standing,)))
    assert stored["news"] == []
    assert stored["standing"][0]["told"] is True
    assert decode(AdviceRecord, stored).standing == (standing,)
