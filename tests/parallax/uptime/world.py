"""World: probes of some targets over hours, and what the roll-up makes of them.

In: outages and gaps as ranges of Unix time. Out: chapters and histories in memory.
It does not: call AWS, or wait.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, override

from parallax.model.probe import Probe, Role
from parallax.model.round import LastRound, Round, TargetRound, with_probe
from parallax.model.target import Target
from parallax.uptime.chapter import Chapter, chapter_item, read_chapter
from parallax.uptime.chapters import Chapters, due
from parallax.uptime.count import Range
from parallax.uptime.history import Days, History, history_item, read_history
from parallax.uptime.roll_up import RollUp
from parallax.uptime.table import Histories

START = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
BEGIN = int(START.timestamp())
HOUR = 3600


def target(name: str, **changes: Any) -> Target:
    """Return a target."""
    return replace(Target(name=name, url=f"https://{name}.example/"), **changes)


def within(ranges: Sequence[Range], time: int) -> bool:
    """Say whether a time is in one of the ranges."""
    return any(begin <= time < end for begin, end in ranges)


class MemoryChapters(Chapters):
    """Chapters in a dictionary, through their items."""

    def __init__(self) -> None:
        super().__init__("journal")
        self.items: dict[str, Any] = {}

    @override
    def keep(self, finished: Round, last: LastRound | None) -> None:
        """Store what is due, through its item."""
        for one in due(finished, last):
            item = chapter_item(one)
            self.items[item["sk"]["S"]] = item

    @override
    def between(self, since: int, until: int) -> Iterator[Chapter]:
        """Yield the chapters between two times."""
        yield from (one for one in self._all() if since <= one.at <= until)

    @override
    def first(self, since: int) -> Chapter | None:
        """Return the oldest chapter since a time."""
        return next((one for one in self._all() if one.at >= since), None)

    @override
    def last(self) -> Chapter | None:
        """Return the newest chapter."""
        return next(iter(self._all()[::-1]), None)

    def _all(self) -> list[Chapter]:
        return [read_chapter(item) for _, item in sorted(self.items.items())]


class MemoryHistories(Histories):
    """Histories in a dictionary, through their items."""

    def __init__(self) -> None:
        super().__init__("uptime")
        self.items: dict[int, Any] = {}
        self.broken: set[int] = set()
        """Parts whose next write fails."""

    @override
    def all(self) -> Mapping[int, History | None]:
        """Return every history."""
        return {part: read_history(item) for part, item in self.items.items()}

    @override
    def put(self, history: History, read: int | None) -> bool:
        """Store a history if the stored one is the one that was read."""
        if history.part in self.broken:
            self.broken.discard(history.part)
            raise ConnectionError("the table does not respond")
        stored = self.items.get(history.part)
        until = int(stored["until"]["N"]) if stored else None
        if until != read:
            return False
        self.items[history.part] = history_item(history)
        return True

    def days(self, name: str) -> Days:
        """Return the days of a target."""
        found = [h.targets.get(name) for h in self.all().values() if h]
        return next((days for days in found if days is not None), {})


@dataclass
class World:
    """Targets that are probed each minute, unless there is a gap."""

    targets: list[Target] = field(default_factory=lambda: [target("front")])
    outages: dict[str, list[Range]] = field(default_factory=dict[str, list[Range]])
    gaps: list[Range] = field(default_factory=list[Range])
    lost: list[Range] = field(default_factory=list[Range])
    """When no chapter is stored."""
    chapters: MemoryChapters = field(default_factory=MemoryChapters)
    histories: MemoryHistories = field(default_factory=MemoryHistories)
    known: dict[str, TargetRound] = field(default_factory=dict[str, TargetRound])
    blind: list[Range] = field(default_factory=list[Range])
    last_at: datetime | None = None

    def live(self, since: int, until: int) -> None:
        """Probe once a minute from one time until another."""
        for minute in range(since, until, 60):
            if not within(self.gaps, minute):
                self._round(minute)

    def count(self, at: int) -> int | None:
        """Roll up at a time."""
        rolling = RollUp(
            chapters=self.chapters,
            histories=self.histories,
            targets=self.targets,
            blind=self.blind,
            elapsed=lambda: 0.0,
        )
        return rolling.run(datetime.fromtimestamp(at, UTC))

    def _round(self, minute: int) -> None:
        at = datetime.fromtimestamp(minute, UTC) + timedelta(seconds=1, microseconds=7)
        last = LastRound(targets=dict(self.known), started_at=self.last_at)
        for one in self.targets:
            number = minute // 60
            if number % max(1, round(one.interval / 60)) == 0:
                self._probe(one.name, at)
        finished = Round(
            shard=0,
            of=1,
            started_at=at,
            ended_at=at + timedelta(seconds=4),
            targets=tuple(self.known.values()),
        )
        if not within(self.lost, minute):
            self.chapters.keep(finished, last)
        self.last_at = at

    def _probe(self, name: str, at: datetime) -> None:
        failing = within(self.outages.get(name, []), int(at.timestamp()))
        probe = Probe(
            role=Role.FIRST,
            request_id="",
            url="",
            started_at=at,
            healthy=not failing,
            duration=0.1,
            status_code=503 if failing else 200,
        )
        past = self.known[name].past if name in self.known else ()
        self.known[name] = TargetRound(target=name, past=with_probe(past, probe))
