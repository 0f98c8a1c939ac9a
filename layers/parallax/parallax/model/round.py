"""Round: what one shard of targets showed in one minute, as one value.

In: the healthy runs of a shard, and the previous round. Out: one value that replaces
the previous one in the journal, so that a healthy run costs no item of its own.
It does not: contain failing runs; each of those is stored by itself, at once.
"""

from dataclasses import dataclass
from datetime import datetime

from parallax.model.probe import ProbeRun
from parallax.model.snapshot import PastProbe
from parallax.model.wire import wired


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRound:
    """A target's last healthy run, and its probes of the last half hour.

    `run` has one probe, without headers and body; None: no run was healthy yet.
    `past` is oldest first and includes failing probes.
    """

    target: str
    run: ProbeRun | None = None
    past: tuple[PastProbe, ...] = ()


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One shard's round: shard number `shard` of `of`, from its start to its end.

    `failing` names the targets whose newest probe failed.
    """

    shard: int
    of: int
    started_at: datetime
    ended_at: datetime
    targets: tuple[TargetRound, ...] = ()
    failing: tuple[str, ...] = ()
