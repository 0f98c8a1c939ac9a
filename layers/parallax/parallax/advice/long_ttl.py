"""The name's DNS records have a TTL of a day or more.

In: a snapshot with the answer of the zone's own name server. Out: an `Advice`, or None.
It does not: detect a planned move. Before a move the TTL decides how long users still
use the old address (`dns-stale-address`).
"""

from shlex import quote

from parallax.advice.adviser import Adviser
from parallax.evidence.scene import Scene
from parallax.model.judgement import Advice, Hop, NextStep
from parallax.model.probe import Resolution
from parallax.model.target import Severity

ID = "long-ttl"
A_DAY = 86400


def advise(scene: Scene) -> Advice | None:
    """Return how long a change of the name takes to reach all users."""
    zone = _zone(scene)
    ttl = _ttl(zone) if zone else 0
    if zone is None or ttl < A_DAY:
        return None
    host = scene.target.host
    return Advice(
        id=ID,
        hop=Hop.DNS,
        title=f"A DNS change of {host} takes up to {ttl // 3600} h to reach all users",
        evidence=(f"name server {zone.resolver} returns a TTL of {ttl} s",),
        next_steps=(
            NextStep(
                text=f"Lower the TTL to 300 s at least {ttl // 3600} hours before the"
                " next move.",
                command=f"dig +noall +answer {quote(host)} @{zone.resolver}",
            ),
        ),
        severity=Severity.INFO,
    )


def _zone(scene: Scene) -> Resolution | None:
    """Return the name servers' answer with the longest TTL; None: no answer."""
    run = scene.outside
    answers = [r for r in run.resolutions if r.authoritative and r.ttl] if run else []
    return max(answers, key=_ttl, default=None)


def _ttl(zone: Resolution) -> int:
    return max(zone.ttl or 0, zone.ttl_ipv4 or 0, zone.ttl_ipv6 or 0)


def decidable(scene: Scene) -> bool:
    """Return whether a name server of the zone answered with a TTL."""
    return _zone(scene) is not None


ADVISER = Adviser(
    id=ID,
    summary="A DNS change takes a day or more to reach all users",
    advise=advise,
    decidable=decidable,
)
