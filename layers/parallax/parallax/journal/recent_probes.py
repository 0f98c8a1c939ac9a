"""Recent probes: the probes of a few targets in the last half hour.

In: the journal's table, names of targets. Out: their probes, oldest first, with status
or error, from the rounds of all shards. An unreadable round is logged and skipped.
It does not: say why a probe failed, or read a run.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from parallax.journal.newest_probes import read_targets, round_items
from parallax.model.round import Streak
from parallax.model.snapshot import PastProbe
from parallax.model.wire import decode


def recent_probes(
    table: str, names: Collection[str]
) -> Mapping[str, tuple[PastProbe, ...]]:
    """Return the probes of these targets; a target without any is left out.

    Raises botocore's errors.
    """

    def read(targets: Any) -> Iterator[tuple[str, tuple[PastProbe, ...]]]:  # noqa: ANN401 - JSON
        for one in targets:
            if one.get("target") in names and one.get("past"):
                streaks = one["past"]
                yield one["target"], tuple(p for s in streaks for p in _probes(s))

    found: dict[str, tuple[PastProbe, ...]] = {}
    for item in round_items(table):
        for name, probes in read_targets(item, read):
            known = found.get(name)
            # A target changes its shard if the number of shards changes.
            if known is None or probes[-1].started_at > known[-1].started_at:
                found[name] = probes
    return found


def _probes(stored: Mapping[str, Any]) -> Iterator[PastProbe]:
    streak = decode(Streak, stored)
    for at in streak.times:
        yield PastProbe(
            started_at=at,
            healthy=streak.healthy,
            status_code=streak.status_code,
            error_type=streak.error_type,
        )
