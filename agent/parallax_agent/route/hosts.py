"""Hosts: the host names in Ingresses, limited to a number that can be sent.

In: Ingress objects, names, the target's host. Out: the names, sorted.
It does not: decide which Ingress wins for a host; `ingress` does.
"""

from collections.abc import Iterable

from parallax.model.wire import Json
from parallax_agent.route.annotations import aliases, is_canary
from parallax_agent.route.matching import host_rank
from parallax_agent.watch.objects import many

MAX_HOSTS = 200


def ingress_hosts(ingresses: Iterable[Json], host: str) -> tuple[str, ...]:
    """Return every host that an Ingress names, sorted, without canaries."""
    named = {
        name
        for item in ingresses
        if not is_canary(item)
        for rule in many(item, "spec", "rules")
        if rule.get("host")
        for name in (rule["host"], *aliases(item))
    }
    return closest_hosts(named, host)


def closest_hosts(named: Iterable[str], host: str) -> tuple[str, ...]:
    """Return `MAX_HOSTS` of these hosts at most, sorted.

    If there are too many, those that match the host stay, then those most similar to
    it: so a host that is not in the list has no rule, and a typing error is in the
    list.
    """
    nearest = sorted(
        named, key=lambda n: (-host_rank(n, host), -_similarity(n, host), n)
    )
    return tuple(sorted(nearest[:MAX_HOSTS]))


def _similarity(one: str, other: str) -> int:
    """Count the characters that two names share at their beginning and end."""
    both = (one, other), (one[::-1], other[::-1])
    return sum(_shared(*names) for names in both)


def _shared(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
