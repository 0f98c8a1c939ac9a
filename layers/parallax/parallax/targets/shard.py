"""Shard: which targets one invocation of the probe probes, and which are due.

In: targets, a minute. Out: the number of shards, a target's shard, the due targets.
It does not: read the clock, or know which targets fail.

Both are functions of the target's name, so that each invocation and each reader of the
journal finds the same without asking. The number is the CRC-32 of the name: `hash` of
Python differs from process to process.
"""

from collections.abc import Iterable
from datetime import datetime
from zlib import crc32

from parallax.model.target import Target

LARGEST = 150
"""Most targets of a shard on average; docs/decisions/0015 has the measurements."""
MINUTE = 60.0
"""Seconds between two rounds."""
HALF_MINUTE = 30.0
"""The shortest interval; it needs the parameter HalfMinuteProbes."""


def shards(count: int) -> int:
    """Return the number of shards for so many targets; one for none."""
    return max(1, -(-count // LARGEST))


def shard_of(name: str, of: int) -> int:
    """Return the shard, from 0, of the target with this name."""
    return crc32(name.encode()) % of


def in_shard(targets: Iterable[Target], shard: int, of: int) -> tuple[Target, ...]:
    """Return the targets of a shard, in their order."""
    return tuple(target for target in targets if shard_of(target.name, of) == shard)


def is_hour_of(name: str, instant: datetime) -> bool:
    """Say whether a target is judged for its advice in this minute of each hour."""
    return (crc32(name.encode()) >> 8) % 60 == instant.minute


def is_due(name: str, interval: float, minute: int) -> bool:
    """Say whether a target with this interval, in seconds, is due in this minute.

    `minute` counts from the epoch, UTC. Targets with the same interval are spread over
    its minutes by their names.
    """
    period = max(1, round(interval / MINUTE))
    # Other bits than `shard_of`: else all targets of a shard could share a minute.
    return minute % period == (crc32(name.encode()) >> 16) % period
