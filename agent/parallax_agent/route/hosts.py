"""Hosts: which host names Ingresses serve, few enough to be sent.

In: Ingress objects, names, the target's host. Out: the names, sorted.
It does not: tell which Ingress wins for a host; `ingress` does.
"""

from collections.abc import Iterable

from parallax.model.wire import Json
from parallax_agent.route.annotations import aliases, is_canary
from parallax_agent.route.matching import host_rank
from parallax_agent.watch.objects import many

MAX_HOSTS = 200


def ingress_hosts(ingresses: Iterable[Json], host: str) -> tuple[str, ...]:
    """Return every host that an Ingress names, sorted; canaries serve none alone."""
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

    Of too many those stay that take the host, then those written most like it: what
    is missing is really missing, and a slip of the pen is among them.
    """
    nearest = sorted(named, key=lambda n: (-host_rank(n, host), -_alike(n, host), n))
    return tuple(sorted(nearest[:MAX_HOSTS]))


def _alike(one: str, other: str) -> int:
    """Count the characters that two names share at their begin and at their end."""
    both = (one, other), (one[::-1], other[::-1])
    return sum(_shared(*names) for names in both)


def _shared(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
