"""Chapter: half an hour of one shard's probes as an item of the journal, and back.

In: a round. Out: an item; when each target was probed, and whether it was healthy.
It does not: keep why a probe failed, call DynamoDB, or import pydantic: the probe
writes it.

Gaps between probes are stored, not times: they are nearly all equal, so that gzip makes
few bytes of them.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from parallax.journal.observation import KEPT, Item, moment
from parallax.model.packed import (
    UNPACKED_LIMIT,
    UnreadableError,
    in_clear,
    inflate,
    pack,
)
from parallax.model.round import PAST, Round, Streak

PARTITION = "#past"
"""The partition of all chapters: no target's name begins with `#`."""
KIND = "past"
"""The streams' filters leave this kind out: nothing is judged for it."""
KEY = "past.v1"
"""The key of the probes in the payload; another form gets another key."""

type Probes = Mapping[int, bool]
"""When a target was probed, in seconds of Unix time, and whether it was healthy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The probes of a shard's targets in the half hour before `at`, in Unix time."""

    at: int
    targets: Mapping[str, Probes]


def chapter_item(finished: Round) -> Item:
    """Return the item that keeps a round's past for two days."""
    at = int(finished.started_at.timestamp())
    past = {one.target: [_row(s, at) for s in one.past] for one in finished.targets}
    return {
        "pk": {"S": PARTITION},
        "sk": {"S": f"{moment(finished.started_at)}#{finished.shard}"},
        "kind": {"S": KIND},
        "outcome": {"S": KIND},
        "expires_at": {"N": f"{(finished.ended_at + KEPT).timestamp():.0f}"},
        "payload": {"B": pack({"at": at, KEY: past})},
    }


def read_chapter(item: Mapping[str, Any]) -> Chapter:
    """Return the chapter in an item; raises `UnreadableError` if it holds none."""
    try:
        payload = in_clear(item, "payload", "B")
        plain = json.loads(inflate(payload, UNPACKED_LIMIT))
        # Another version's past is in a key of its own.
        past, at = plain[KEY], int(plain["at"])
        targets = {str(name): dict(_probes(rows, at)) for name, rows in past.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        name = in_clear(item, "sk")
        raise UnreadableError(f"past {name}: {type(error).__name__}") from error
    return Chapter(at=at, targets=targets)


def _row(streak: Streak, at: int) -> list[int]:
    """Return health, seconds before `at`, and the gaps between the probes."""
    first = int(streak.started_at.timestamp())
    later = streak.later
    gaps = [now - before for before, now in zip((0, *later), later, strict=False)]
    return [int(streak.healthy), at - first, *gaps]


def _probes(rows: list[list[int]], at: int) -> Iterator[tuple[int, bool]]:
    for healthy, before, *gaps in rows:
        for time in accumulate(gaps, initial=at - before):
            yield int(time), bool(healthy)


PAST_SECONDS = int(PAST.total_seconds())
"""A chapter has the probes of so many seconds, and at least each target's newest."""
