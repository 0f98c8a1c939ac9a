"""The name's records live for a day or more in every cache.

In: a snapshot that holds the zone's own answer. Out: an `Advice`, or None.
It does not: know of a move; before one, the TTL is what decides how long users go to
the old address (`dns-stale-address`).
"""

from shlex import quote

from parallax.advice.adviser import Adviser
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice, Hop, NextStep
from parallax.model.probe import Resolution

ID = "long-ttl"
A_DAY = 86400


def advise(scene: Scene) -> Advice | None:
    """Tell how long a change of the name would take to reach everybody."""
    zone = _zone(scene)
    ttl = _ttl(zone) if zone else 0
    if zone is None or ttl < A_DAY:
        return None
    host = scene.target.host
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


def _zone(scene: Scene) -> Resolution | None:
    """Return the zone's own answer with the longest TTL; None: none was heard."""
    run = scene.outside
    heard = [r for r in run.resolutions if r.authoritative and r.ttl] if run else []
    return max(heard, key=_ttl, default=None)


def _ttl(zone: Resolution) -> int:
    return max(zone.ttl or 0, zone.ttl_ipv4 or 0, zone.ttl_ipv6 or 0)


def known(scene: Scene) -> bool:
    """Say whether the zone's own TTL was heard."""
    return _zone(scene) is not None


ADVISER = Adviser(id=ID, advise=advise, known=known)
