"""Record: readings into the journal, each on its own.

In: readings, and the journal's `record`. Out: the errors, after all had their turn.
It does not: try again; the schedule reads anew in a minute.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from parallax.model.balancer import BalancerReading, BalancerTarget, Problem
from parallax.model.packed import TooLargeError

log = logging.getLogger(__name__)

type Record = Callable[[BalancerReading], None]


def record_all(readings: Iterable[BalancerReading], record: Record) -> list[Exception]:
    """Record every reading; return the errors of those that were not stored.

    A reading that is too large for an item gives up what a judgement misses least.
    """
    failures: list[Exception] = []
    for reading in readings:
        try:
            _record(reading, record)
        except Exception as error:
            log.exception("reading of %s not stored", reading.target)
            failures.append(error)
    return failures


def _record(reading: BalancerReading, record: Record) -> None:
    try:
        record(reading)
    except TooLargeError as error:
        log.warning("reading too large: %s", error)
        _record_lighter(reading, error, record)


def _record_lighter(
    reading: BalancerReading, error: TooLargeError, record: Record
) -> None:
    for lighter in _lighter(reading, error):
        try:
            record(lighter)
        except TooLargeError as still:
            error = still
        else:
            return
    raise error


def _lighter(
    reading: BalancerReading, error: TooLargeError
) -> Iterator[BalancerReading]:
    """Yield the reading ever lighter; the last one is a problem that says why.

    Certificates and firewalls count as not read; services, targets and their health,
    which most judgements read, stay together or are given up together.
    """
    balancer = reading.load_balancer
    if balancer is not None:
        balancer = replace(balancer, certificates=None)
        yield replace(reading, load_balancer=balancer)
        bare = tuple(map(_without_firewalls, balancer.targets))
        yield replace(reading, load_balancer=replace(balancer, targets=bare))
    yield BalancerReading(
        target=reading.target,
        read_at=reading.read_at,
        problem=Problem.OTHER,
        problem_detail=f"what the API returned is too large to be stored: {error}",
    )


def _without_firewalls(target: BalancerTarget) -> BalancerTarget:
    """Return a target of which the firewalls were not read."""
    inner = tuple(map(_without_firewalls, target.targets))
    return replace(
        target, firewalls=None, firewall_allows=None, firewall_drops=(), targets=inner
    )
