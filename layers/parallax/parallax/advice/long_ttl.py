"""The name's records live for a day or more in every cache.

In: a snapshot that holds the zone's own answer. Out: an `Advice`, or None.
It does not: know of a move; before one, the TTL is what decides how long users go to
the old address (`dns-stale-address`).
"""

from shlex import quote

from parallax.advice.adviser import Adviser
from parallax.causes import evidence
from parallax.model.judgement import Advice, Hop, NextStep
from parallax.model.snapshot import Snapshot

ID = "long-ttl"
A_DAY = 86400


def advise(snapshot: Snapshot) -> Advice | None:
    """Tell how long a change of the name would take to reach everybody."""
    zone = evidence.zone(snapshot)
    if zone is None or zone.ttl is None:
        return None
    ttl = max(zone.ttl, zone.ttl_ipv4 or 0, zone.ttl_ipv6 or 0)
    if ttl < A_DAY:
        return None
    host = snapshot.target.host
    return Advice(
        id=ID,
        hop=Hop.DNS,
        title=f"A change of {host} takes up to {ttl // 3600} hours to reach everybody",
        evidence=(f"{zone.resolver} gives its records a TTL of {ttl} s",),
        next_steps=(
            NextStep(
                text=f"Before the next move, lower the TTL to 300 s, {ttl // 3600}"
                " hours ahead of it.",
                command=f"dig +noall +answer {quote(host)} @{zone.resolver}",
            ),
        ),
    )


def known(snapshot: Snapshot) -> bool:
    """Say whether the zone's own TTL was heard."""
    zone = evidence.zone(snapshot)
    return zone is not None and zone.ttl is not None


ADVISER = Adviser(id=ID, advise=advise, known=known)
