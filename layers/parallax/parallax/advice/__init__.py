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
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice

__all__ = ["ADVISERS", "Adviser", "advise", "known"]

ADVISERS: tuple[Adviser, ...] = (
    certificate_expires.ADVISER,
    health_check_no_node_port.ADVISER,
    health_check_other_port.ADVISER,
    target_no_node.ADVISER,
    one_ready_replica.ADVISER,
    long_ttl.ADVISER,
)


def advise(scene: Scene) -> tuple[Advice, ...]:
    """Return all advice; an adviser that raises has said nothing, as a cause has."""
    found: list[Advice] = []
    for adviser in ADVISERS:
        with suppress(Exception):
            found += [a for a in (adviser.advise(scene),) if a is not None]
    return tuple(found)


def known(scene: Scene) -> frozenset[str]:
    """Return the ids of the advice that the snapshot can tell to be gone."""
    found: set[str] = set()
    for adviser in ADVISERS:
        with suppress(Exception):
            found |= {adviser.id} if adviser.known(scene) else set()
    return frozenset(found)
