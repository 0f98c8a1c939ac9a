"""Due: which targets a round of healthy probes concerns.

In: a round, the open incidents, the targets, an instant. Out: names of targets.
It does not: judge, or read a table.

A healthy probe of a target without an incident changes nothing, so it is not judged.
Advice, e.g. that a certificate expires, needs no failure: each target is judged once an
hour for it, in a minute that follows from its name.
"""

from collections.abc import Container, Sequence
from datetime import datetime

from parallax.model.round import Round
from parallax.model.target import Target
from parallax.targets.shard import is_hour_of, shard_of, shards


def due(round_: Round, open_subjects: Container[str], now: datetime) -> list[str]:
    """Return the healthy targets of a round that are judged now, in its order.

    A failing one has a run of its own in the journal, which starts a judgement.
    """
    failing = set(round_.failing)
    return [
        one.target
        for one in round_.targets
        if one.target not in failing
        and (one.target in open_subjects or is_hour_of(one.target, now))
    ]


def listeners(targets: Sequence[Target]) -> list[Target]:
    """Return one target of each cluster and of each shard: from them silence shows.

    All targets of a cluster have the same agents, and all of a shard the same probe, so
    one of them is enough: the one that is probed most often.
    """
    of = shards(len(targets))
    clusters: dict[str | None, Target] = {}
    parts: dict[int, Target] = {}
    for target in sorted(targets, key=lambda one: (one.interval, one.name)):
        clusters.setdefault(target.reached.cluster, target)
        parts.setdefault(shard_of(target.name, of), target)
    chosen = (*clusters.values(), *parts.values())
    return list({target.name: target for target in chosen}.values())


def in_round(round_: Round, targets: Sequence[Target]) -> list[Target]:
    """Return those of the targets that a round contains."""
    names = {one.target for one in round_.targets}
    return [target for target in targets if target.name in names]
