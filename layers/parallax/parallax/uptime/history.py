"""History: the days of some targets as one compressed item, and back.

In: tallies by target and day. Out: an item, and back. Equal days in a row are stored
once, so that a target without a failure takes a few bytes.
It does not: call DynamoDB, or decide what is counted.

`until` is the Unix time up to which everything is counted. The table accepts an item
only if the stored `until` is the one that was read, so nothing is counted twice.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from zlib import crc32

from parallax.model.packed import (
    ITEM_LIMIT,
    UNPACKED_LIMIT,
    UnreadableError,
    in_clear,
    inflate,
    pack,
)
from parallax.uptime.tally import DAY, NOTHING, Tally

PARTS = 32
"""Items of a stack. The number never changes, so that a target stays in its item."""
KEPT_DAYS = 92
"""Days of a history; 90 are shown. The last of them are not whole."""
IDLE_DAYS = 95
"""Days after which a history that nothing is added to expires."""
VERSION = 1
PREFIX = "uptime/"
_FIELDS = 6
log = logging.getLogger(__name__)

type Days = Mapping[int, Tally]
"""Tallies by day; a day is a number of days since 1970-01-01, UTC."""


class NewerError(UnreadableError):
    """A newer version of Parallax wrote the item; it must not be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The days of the targets of one part."""

    part: int
    until: int
    targets: Mapping[str, Days] = field(default_factory=dict[str, Days])


def part_of(target: str) -> int:
    """Return the number of the part that has a target's history."""
    return crc32(target.encode()) % PARTS


def key_of(part: int) -> dict[str, dict[str, str]]:
    """Return the key of a part."""
    return {"pk": {"S": f"{PREFIX}{part}"}}


def history_item(history: History) -> dict[str, dict[str, Any]]:
    """Return the item of a history, without what is too old.

    If it is too large, it loses its oldest days, and the log reports it.
    """
    today, days = history.until // DAY, KEPT_DAYS
    payload = _payload(history, today - days)
    while len(payload) > ITEM_LIMIT and days > 1:
        days //= 2
        payload = _payload(history, today - days)
        log.error("old days were dropped", extra={"part": history.part, "days": days})
    return {
        **key_of(history.part),
        "until": {"N": f"{history.until}"},
        "expires_at": {"N": f"{history.until + IDLE_DAYS * DAY}"},
        "payload": {"B": payload},
    }


def read_history(item: Mapping[str, Any]) -> History:
    """Return the history in an item.

    Raises `NewerError` for one of a newer version, and `UnreadableError` for another
    that holds none.
    """
    name = in_clear(item, "pk") or ""
    try:
        plain = json.loads(inflate(in_clear(item, "payload", "B"), UNPACKED_LIMIT))
        _check(plain["v"], name)
        return History(
            part=int(name.removeprefix(PREFIX)),
            until=int(in_clear(item, "until", "N")),
            targets=_targets(plain["targets"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, NewerError):
            raise
        raise UnreadableError(f"{name}: {type(error).__name__}") from error


def _check(version: object, name: str) -> None:
    if isinstance(version, int) and version > VERSION:
        raise NewerError(f"{name}: version {version}")
    if version != VERSION:
        raise ValueError("unknown version")


def _payload(history: History, oldest: int) -> bytes:
    today = history.until // DAY
    recent = {
        target: {d: _done(t, d, today) for d, t in days.items() if oldest < d <= today}
        for target, days in sorted(history.targets.items())
    }
    rows = {target: _row(days) for target, days in recent.items() if days}
    return pack({"v": VERSION, "targets": rows})


def _done(tally: Tally, day: int, today: int) -> Tally:
    """Return a past day without its number of probes if none failed."""
    return tally._replace(probes=0) if day < today and not tally.failed else tally


def _row(days: Days) -> list[Any]:
    """Return the first day, and runs of equal days: how many, and the tally's start."""
    first, last = min(days), max(days)
    tallies = [days.get(day, NOTHING) for day in range(first, last + 1)]
    return [first, *([len([*run]), *_short(one)] for one, run in groupby(tallies))]


def _short(tally: Tally) -> Iterable[int]:
    """Return a tally's numbers without the zeros at its end."""
    numbers = [*tally]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers


def _targets(rows: Mapping[str, list[Any]]) -> dict[str, Days]:
    """Return the days of each target; equal rows share one value."""
    known: dict[str, Days] = {}
    found: dict[str, Days] = {}
    for target, row in rows.items():
        key = f"{row}"
        if key not in known:
            first, *runs = row
            known[key] = _days(int(first), runs)
        found[str(target)] = known[key]
    return found


def _days(first: int, runs: Iterable[list[int]]) -> Days:
    found: dict[int, Tally] = {}
    day = first
    for count, *numbers in runs:
        if not 0 < count <= KEPT_DAYS or len(numbers) > _FIELDS:
            raise ValueError("unknown run of days")
        tally = Tally(*map(int, numbers))
        if numbers:
            found |= dict.fromkeys(range(day, day + count), tally)
        day += count
    return found
