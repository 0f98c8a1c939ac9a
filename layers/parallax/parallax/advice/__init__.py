"""Advice: what will break later if nobody acts.

In: a snapshot. Out: one `Advice` per adviser that finds something.
It does not: alarm. Advice goes to the queue once, and appears at the end of a mail that
is sent anyway (docs/decisions/0007); a daily mail lists it if the stack's parameter
AdviceMail says so (docs/decisions/0022).
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
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice

__all__ = ["ADVISERS", "Adviser", "advise", "decidable"]

ADVISERS: tuple[Adviser, ...] = (
    certificate_expires.ADVISER,
    health_check_no_node_port.ADVISER,
    health_check_other_port.ADVISER,
    target_no_node.ADVISER,
    one_ready_replica.ADVISER,
    long_ttl.ADVISER,
)


def advise(scene: Scene) -> tuple[Advice, ...]:
    """Return all advice; an adviser that raises an exception is skipped."""
    found: list[Advice] = []
    for adviser in ADVISERS:
        with suppress(Exception):
            found += [a for a in (adviser.advise(scene),) if a is not None]
    return tuple(found)


def decidable(scene: Scene) -> frozenset[str]:
    """Return the ids of advice for which the snapshot has the data to decide."""
    found: set[str] = set()
    for adviser in ADVISERS:
        with suppress(Exception):
            found |= {adviser.id} if adviser.decidable(scene) else set()
    return frozenset(found)
