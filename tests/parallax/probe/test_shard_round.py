"""One round of a shard after the other, and what a judgement makes of them."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from parallax.diagnose.judge import judge
from parallax.journal.rounds import remembered, round_item
from parallax.model.judgement import Judgement
from parallax.model.probe import ProbeRun
from parallax.model.round import TargetRound
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target
from parallax.probe.shard_round import Shard, ShardRound
from parallax.probe.watch import unchanged
from tests.parallax import scenarios as s

MINUTE = timedelta(minutes=1)


@dataclass
class Outage:
    """Minutes of a target, probed and judged as the functions do."""

    runs: list[ProbeRun] = field(default_factory=list[ProbeRun])
    last: dict[str, TargetRound] = field(default_factory=dict[str, TargetRound])
    investigated: list[int] = field(default_factory=list[int])

    def live(self, minute: int, page: str) -> tuple[Snapshot, Judgement]:
        """Probe once, and judge half a minute later."""
        at = s.SINCE + minute * MINUTE
        now = ShardRound(
            shard=Shard(number=0, of=1, minute=minute),
            targets=[s.TARGET],
            last=self.last,
            started_at=at,
        )
        assert now.to_probe() == (s.TARGET,)
        run = s.run(page, at=at, investigated=False)
        if now.investigates(run):
            self.investigated.append(minute)
            run = s.run(page, at=at)
        elif page != s.OK:
            run = unchanged(run)
        self.runs.append(run)
        stored = round_item(now.finished([run], at))
        self.last = dict(remembered(stored).targets)
        return self.judged(at + MINUTE / 2)

    def judged(self, now: datetime) -> tuple[Snapshot, Judgement]:
        """Judge what a journal would return: half an hour of runs."""
        at = self.runs[-1].started_at
        recent = [r for r in self.runs if at - r.started_at <= 30 * MINUTE]
        seen = s.seen(next(r for r in reversed(recent) if len(r.probes) > 1), 503)
        reports = s.reports(at=at, sightings=seen)
        taken = s.taken(*recent, s.balancer(at=at), *reports, taken_at=now)
        return taken, judge(taken)


@pytest.mark.parametrize("page", [s.POD_503, s.HANGS])
def test_a_long_outage_is_judged_alike_in_each_minute(page: str) -> None:
    """Between two investigations the evidence of the last one stays."""
    outage = Outage()
    _, first = outage.live(0, page)
    for minute in range(1, 190):
        taken, judgement = outage.live(minute, page)
        assert taken.outside is not None
        assert len(taken.outside.probes) > 1
        assert (judgement.cause, judgement.class_) == (first.cause, first.class_)
        assert judgement.symptom.external == first.symptom.external
        assert judgement.symptom.total == first.symptom.total
    gaps = {
        b - a
        for a, b in zip(outage.investigated, outage.investigated[1:], strict=False)
    }
    assert gaps == {1, 5, 20}


def test_a_failure_that_changes_in_a_long_outage_is_investigated_at_once() -> None:
    """And its own evidence is judged, as in the first minute of an outage."""
    outage = Outage()
    for minute in range(42):
        outage.live(minute, s.POD_503)
    assert 42 not in outage.investigated
    taken, _ = outage.live(42, s.HANGS)
    assert outage.investigated[-1] == 42
    assert taken.run is not None
    assert taken.run.first.status_code is None


def test_a_recovery_ends_the_outage_in_the_same_minute() -> None:
    """The next failure is a new one."""
    outage = Outage()
    for minute in range(42):
        outage.live(minute, s.POD_503)
    taken, _ = outage.live(42, s.OK)
    assert taken.failing_since is None
    assert taken.well_since == s.SINCE + 42 * MINUTE
    outage.live(43, s.POD_503)
    assert outage.investigated[-1] == 43


def test_a_target_that_left_the_file_leaves_the_round() -> None:
    """One that could not be probed keeps what is known."""
    gone = replace(s.TARGET, name="gone")
    both = ShardRound(
        shard=Shard(number=0, of=1, minute=0),
        targets=[s.TARGET, gone],
        last={},
        started_at=s.SINCE,
    )
    bad = s.run(s.POD_503, investigated=False)
    first = both.finished([bad, replace(bad, target="gone")], s.SINCE)
    last = {one.target: one for one in first.targets}
    after = replace(both, targets=[s.TARGET], last=last).finished([], s.SINCE)
    assert first.failing == (s.TARGET.name, "gone")
    assert after.targets == first.targets[:1]


def test_half_a_minute_later_only_targets_with_half_a_minute_are_probed() -> None:
    """Whatever fails."""
    fast = Target(name="fast", url="https://fast.example/", interval=30.0)
    half = ShardRound(
        shard=Shard(number=0, of=1, minute=0, half=True),
        targets=[s.TARGET, fast],
        last={},
        started_at=s.SINCE,
    )
    assert half.to_probe() == (fast,)
