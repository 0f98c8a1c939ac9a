"""Roll-up: adds the newest chapters to the histories, once an hour.

In: the chapters, the histories, the enabled targets, when the probe was blind, a clock.
Out: up to when everything is counted. Repeated, it changes nothing; after hours without
a run it continues where it stopped, as long as the journal has the chapters.
It does not: trust a clock alone. Nothing is counted beyond the newest chapter.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

from parallax.model.target import Target
from parallax.targets.windows import windows_between
from parallax.uptime.chapter import PAST_SECONDS
from parallax.uptime.chapters import EVERY, Chapters
from parallax.uptime.count import Range, count, joined, longest
from parallax.uptime.history import History, part_of
from parallax.uptime.table import Histories
from parallax.uptime.tally import DAY, NOTHING

HOUR = 3600
LATE = 35 * 60
"""Seconds until a time is counted: two chapters of each shard have it by then."""
KEPT = 47 * HOUR
"""How far back the journal surely has chapters."""
QUARTER = EVERY * 60
SECONDS = 16.0
"""Time of one run; the next one continues."""
log = logging.getLogger(__name__)

type Blind = Sequence[Range]
"""When the probe itself could reach nothing, so that a failure shows nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """The roll-up of a stack; `elapsed` is a monotonic clock in seconds."""

    chapters: Chapters
    histories: Histories
    targets: Sequence[Target]
    blind: Blind = ()
    elapsed: Callable[[], float] = monotonic

    def run(self, now: datetime) -> int | None:
        """Count up to now; return until when everything is counted.

        None: there is nothing to count. Raises botocore's errors and `ThrottledError`;
        what was stored by then stays.
        """
        last = self.chapters.last()
        if last is None:
            return None
        end = min(int(now.timestamp()) - LATE, last.at) // 60 * 60
        stop_at, counted = self.elapsed() + SECONDS, None
        while self.elapsed() < stop_at:
            stored = self.histories.all()
            since = self._since(stored, end)
            if since is None or since >= end:
                return since
            if not self._step(stored, since, end):
                return counted
            counted = since
        log.warning("uptime was not counted to its end", extra={"until": counted})
        return counted

    def _since(self, stored: Mapping[int, History | None], end: int) -> int | None:
        """Return up to when everything is counted; None: there is no chapter yet."""
        times = [_until(one, end) for one in stored.values() if one]
        oldest = end - KEPT
        if times:
            return max(min(times), oldest)
        first = self.chapters.first(oldest)
        return None if first is None else max(_before(first.at), oldest)

    def _step(self, stored: Mapping[int, History | None], since: int, end: int) -> bool:
        """Count at most an hour of one day; say whether anything was stored."""
        until = min(since + HOUR, (since // DAY + 1) * DAY, end)
        probes = self._probes(since, until)
        if not probes:
            following = self.chapters.first(until)
            until = end if following is None else min(_before(following.at), end)
            until = max(until, min(since + HOUR, end))
        of_part: dict[int, list[Target]] = {part: [] for part in stored}
        for target in self.targets:
            of_part.setdefault(part_of(target.name), []).append(target)
        done = False
        for part, targets in of_part.items():
            known = stored.get(part, History(part=part, until=since))
            if known is None:
                continue
            begin = max(_until(known, end), since)
            if begin >= until:
                continue
            new = self._added(known, targets, probes, (begin, until))
            read = known.until if part in stored else None
            done = self.histories.put(new, read) or done
        return done

    def _probes(self, since: int, until: int) -> dict[str, dict[int, bool]]:
        """Return the probes that count in a time range, by target."""
        earliest = {t.name: since - longest(t.interval) for t in self.targets}
        found: dict[str, dict[int, bool]] = {}
        begin, end = since - 2 * QUARTER, until + LATE
        for chapter in self.chapters.between(begin, end):
            for name, probes in chapter.targets.items():
                if (first := earliest.get(name)) is None:
                    continue
                known = found.setdefault(name, {})
                known |= {t: ok for t, ok in probes.items() if first <= t < until}
        return found

    def _added(
        self,
        history: History,
        targets: Sequence[Target],
        probes: Mapping[str, Mapping[int, bool]],
        within: Range,
    ) -> History:
        """Return a history with what a part of one day showed."""
        day, found = within[0] // DAY, dict(history.targets)
        for target in targets:
            if not (seen := probes.get(target.name)):
                continue
            windows = _windows(target, within)
            new = count(seen, target.interval, within, windows, self.blind)
            days = dict(found.get(target.name, {}))
            days[day] = days.get(day, NOTHING).plus(new)
            found[target.name] = days
        return replace(history, until=within[1], targets=found)


def open_roll_up(
    journal: str, table: str, targets: Sequence[Target], blind: Blind
) -> RollUp:
    """Return the roll-up of a stack with these tables."""
    return RollUp(
        chapters=Chapters(journal),
        histories=Histories(table),
        targets=targets,
        blind=blind,
    )


def _until(history: History, end: int) -> int:
    """Return up to when a history is counted; one in the future has a wrong clock."""
    return history.until if history.until <= end + DAY else end - HOUR


def _before(at: int) -> int:
    return (at - PAST_SECONDS) // 60 * 60


def _windows(target: Target, within: Range) -> list[Range]:
    begin, end = (datetime.fromtimestamp(at, UTC) for at in within)
    found = windows_between(target, begin, end)
    return joined(
        [(int(w.starts_at.timestamp()), int(w.ends_at.timestamp())) for w in found]
    )
