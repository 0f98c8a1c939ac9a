"""Record: store readings in the journal, one by one.

In: readings, and the journal's `record`. Out: the errors, after the last reading.
It does not: retry; the schedule reads again in a minute.
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

    A reading that is too large for an item loses the parts that a judgement needs
    least.
    """
    failures: list[Exception] = []
    for reading in readings:
        try:
            _record(reading, record)
        except Exception as error:
            log.exception("reading was not stored", extra={"target": reading.target})
            failures.append(error)
    return failures


def _record(reading: BalancerReading, record: Record) -> None:
    try:
        record(reading)
    except TooLargeError as error:
        facts = {"target": reading.target, "reason": str(error)}
        log.warning("reading was too large and is reduced", extra=facts)
        _record_reduced(reading, error, record)


def _record_reduced(
    reading: BalancerReading, error: TooLargeError, record: Record
) -> None:
    for version in _reduced(reading, error):
        try:
            record(version)
        except TooLargeError as still:
            error = still
        else:
            return
    raise error


def _reduced(
    reading: BalancerReading, error: TooLargeError
) -> Iterator[BalancerReading]:
    """Yield smaller and smaller versions; the last is a problem that states why.

    Certificates and firewalls then count as not read. Services, targets and their
    health, which most judgements read, are kept or dropped together.
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
        problem_detail=f"the API's response is too large to be stored: {error}",
    )


def _without_firewalls(target: BalancerTarget) -> BalancerTarget:
    """Return a target whose firewalls count as not read."""
    inner = tuple(map(_without_firewalls, target.targets))
    return replace(
        target, firewalls=None, firewall_allows=None, firewall_drops=(), targets=inner
    )
