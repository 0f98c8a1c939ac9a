"""Advice: what will break if nobody acts, told before it does.

In: a snapshot. Out: one `Advice` each for what is seen, of every adviser that sees it.
It does not: alarm. Advice goes to the queue once, and stands at the end of a mail
that goes out anyway (docs/decisions/0007).
"""

from contextlib import suppress

from parallax.advice import (
    certificate_expires,
    health_check_no_node_port,
    health_check_other_port,
    long_ttl,
    one_ready_replica,
    target_no_node,
)
from parallax.advice.adviser import Adviser
from parallax.model.judgement import Advice
from parallax.model.snapshot import Snapshot

__all__ = ["ADVISERS", "Adviser", "advise", "known"]

ADVISERS: tuple[Adviser, ...] = (
    certificate_expires.ADVISER,
    health_check_no_node_port.ADVISER,
    health_check_other_port.ADVISER,
    target_no_node.ADVISER,
    one_ready_replica.ADVISER,
    long_ttl.ADVISER,
)


def advise(snapshot: Snapshot) -> tuple[Advice, ...]:
    """Return all advice; an adviser that raises has said nothing, as a cause has."""
    found: list[Advice] = []
    for adviser in ADVISERS:
        with suppress(Exception):
            found += [a for a in (adviser.advise(snapshot),) if a is not None]
    return tuple(found)


def known(snapshot: Snapshot) -> frozenset[str]:
    """Return the ids of the advice that the snapshot can tell to be gone."""
    found: set[str] = set()
    for adviser in ADVISERS:
        with suppress(Exception):
            found |= {adviser.id} if adviser.known(snapshot) else set()
    return frozenset(found)
