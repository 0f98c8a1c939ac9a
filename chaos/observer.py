"""Observer: what is wrong with what came out of a stack.

In: the ledger of a case, its world, the results of the last redrive. Out: violations of
the invariants, and what was counted without being one.
It does not: read a table or the state of a handler.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from chaos.ledger import CHAT, MAIL, QUEUE, Decided, Delivery, Ledger
from chaos.trouble import MARK
from chaos.world import Failure
from parallax.redrive import GONE, Result

REPEATABLE = {"pagerduty", "alertmanager", "webhook"}
"""Receivers that know an alert by its key: they get it until they answer."""
NEWEST_ONLY = {"pagerduty", "alertmanager"}
"""Receivers that drop an alert that is older than what they have."""
ENDS = {"resolved", "merged"}
LATE = 60.0
KINDS = ("loss", "duplicate", "order", "late", "stuck", "unjudged", "act", "stale")


@dataclass(frozen=True)
class Violation:
    """What is wrong; `kind` is one of `KINDS`."""

    kind: str
    text: str


@dataclass(frozen=True)
class Seen:
    """A case as the observer has seen it."""

    ledger: Ledger
    failures: tuple[Failure, ...]
    letters: tuple[Result, ...]
    until: float
    """When the last fault ended, in seconds of the case."""
    wrong: tuple[str, ...] = ()
    """What people saw on a page against what they had pressed."""
    stale: tuple[str, ...] = ()
    """What was not done again after all faults: pages, uptime."""
    muted: bool = False
    """Whether people mute groups: who joins one of them has no alert."""
    blind: bool = False
    """Whether observations waited for hours: Lambda discards those of five minutes."""


def violations(seen: Seen) -> list[Violation]:
    """Return everything that is wrong with a case."""
    ledger = seen.ledger
    found = [*_losses(ledger), *_duplicates(ledger), *_reorderings(ledger)]
    found += [*_stuck(ledger), *_unjudged(ledger), *_unnoticed(seen)]
    found += [Violation("act", text) for text in seen.wrong]
    found += [Violation("stale", text) for text in seen.stale]
    return [*found, *_unreplayable(seen.letters)]


def allowed_repeats(ledger: Ledger) -> Counter[str]:
    """Count repetitions that an answer that was lost explains, by channel."""
    counts = Counter((d.channel, d.id) for d in ledger.deliveries)
    found: Counter[str] = Counter()
    for (channel, _), number in counts.items():
        found[channel] += number - 1
    return +found


def _losses(ledger: Ledger) -> Iterator[Violation]:
    came: defaultdict[str, set[str]] = defaultdict(set)
    for one in ledger.deliveries:
        came[one.channel].add(one.id)
    newest = _newest(ledger)
    for one in ledger.decided.values():
        for channel in sorted(one.channels):
            superseded = (
                channel in NEWEST_ONLY and newest[channel, one.subject] > one.order
            )
            if one.id not in came[channel] and not superseded:
                text = (
                    f"{channel}: {one.turn or 'finding'} {one.order} of {one.subject}"
                )
                yield Violation("loss", f"{text} ({one.id}, decided at {one.at:.0f} s)")


def _newest(ledger: Ledger) -> Mapping[tuple[str, str], int]:
    found: Counter[tuple[str, str]] = Counter()
    for one in ledger.deliveries:
        if decided := ledger.decided.get(one.id):
            key = one.channel, decided.subject
            found[key] = max(found[key], decided.order)
    return found


def _duplicates(ledger: Ledger) -> Iterator[Violation]:
    counts = Counter((d.channel, d.id) for d in ledger.deliveries)
    by_hand = Counter((d.channel, d.id) for d in ledger.deliveries if d.redriven)
    for (channel, identity), count in counts.items():
        unknown = ledger.unknown[channel, identity]
        if channel in {MAIL, CHAT} or channel not in {QUEUE, *REPEATABLE}:
            unknown = min(1, unknown)
        allowed = 1 + unknown + (by_hand[channel, identity] if unknown else 0)
        if count > allowed:
            text = f"{channel}: {identity} {count} times, {allowed} allowed"
            yield Violation("duplicate", text)


def _reorderings(ledger: Ledger) -> Iterator[Violation]:
    for channel, deliveries in ledger.by_channel().items():
        first: dict[str, Delivery] = {}
        for one in deliveries:
            if not one.redriven:
                first.setdefault(one.id, one)
        by_subject: defaultdict[str, list[Decided]] = defaultdict(list)
        for one in first.values():
            if decided := ledger.decided.get(one.id):
                by_subject[decided.subject].append(decided)
        for subject, each in by_subject.items():
            for before, after in pairwise(each):
                if after.order < before.order:
                    text = f"{channel}: {subject}: {before.order} before {after.order}"
                    yield Violation("order", text)


def _stuck(ledger: Ledger) -> Iterator[Violation]:
    """Yield each group that people learned and that did not end."""
    last: dict[str, Decided] = {}
    for one in ledger.decided.values():
        if one.turn:
            before = last.get(one.subject)
            last[one.subject] = (
                one if not before or one.order > before.order else before
            )
    for subject, one in last.items():
        if one.turn not in ENDS:
            text = f"{subject}: {one.turn} of {', '.join(sorted(one.targets))}"
            yield Violation("stuck", f"{text} at {one.at:.0f} s was the last alert")


def _unjudged(ledger: Ledger) -> Iterator[Violation]:
    for target, at in ledger.accepted.items():
        if ledger.judged.get(target, float("-inf")) < at:
            yield Violation("unjudged", f"{target}: push accepted at {at:.0f} s")


def _unnoticed(seen: Seen) -> Iterator[Violation]:
    """Yield each failure that outlasted the faults, and that no alert named."""
    alerts = [d for d in seen.ledger.decided.values() if d.turn]
    for failure in () if seen.blind or seen.muted else seen.failures:
        if failure.end - max(failure.begin, seen.until) < 3 * LATE:
            continue
        if not any(failure.target in alert.targets for alert in alerts):
            yield Violation("loss", f"{failure.target}: no alert of its failure")


def _unreplayable(letters: Iterable[Result]) -> Iterator[Violation]:
    """Yield each letter that redrive cannot replay, unless nobody could read it."""
    for one in letters:
        unreadable = MARK in one.reason or "nreadable" in one.reason
        unreadable |= "payload" in one.reason or "gzip" in one.reason
        # The next minute's round replaces that of a shard.
        unreadable |= one.reason.startswith("shard was not invoked")
        if one.outcome not in GONE and not unreadable:
            text = f"{one.step}: {one.reason}: {one.outcome.value}: {one.detail}"
            yield Violation("loss", f"letter {text}")


def late(faulty: Ledger, quiet: Ledger, but: str) -> list[Violation]:
    """Return the alerts of other targets that came later than without the faults.

    Both are ledgers of the same case; `but` is the target that all faults are about. A
    target that is in one alert with it is left out: that alert is about both.
    """
    found: list[Violation] = []
    before, after = _first_alerts(quiet), _first_alerts(faulty)
    for key, (at, decided) in before.items():
        channel, target = key
        came, other = after.get(key, (float("inf"), decided))
        shared = but in decided.targets | other.targets
        if not shared and came - at > LATE:
            text = f"{channel}: first alert of {target}: {came - at:.0f} s later"
            found.append(Violation("late", text))
    return found


def late_elsewhere(
    faulty: Ledger, quiet: Ledger, concerned: frozenset[str]
) -> list[Violation]:
    """Return the first alerts on all channels but these that came later than without.

    Both are ledgers of the same case; the faults are about these channels alone.
    """
    found: list[Violation] = []
    before, after = _first_alerts(quiet), _first_alerts(faulty)
    for (channel, target), (at, decided) in before.items():
        came, _ = after.get((channel, target), (float("inf"), decided))
        if channel not in concerned and came - at > LATE:
            text = f"{channel}: first alert of {target}: {came - at:.0f} s later"
            found.append(Violation("late", text))
    return found


def _first_alerts(ledger: Ledger) -> dict[tuple[str, str], tuple[float, Decided]]:
    """Return the first alert of each target on each channel, and when it came."""
    found: dict[tuple[str, str], tuple[float, Decided]] = {}
    for one in ledger.deliveries:
        decided = ledger.decided.get(one.id)
        if decided and decided.turn:
            for target in decided.targets:
                found.setdefault((one.channel, target), (one.at, decided))
    return found
