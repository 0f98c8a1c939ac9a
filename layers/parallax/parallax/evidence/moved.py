"""Moved: whether the failing address was another one before.

In: a scene whose users fail at an address that is not the load balancer's. Out: the
proof that the name led, or should lead, to another address.
It does not: conclude from the address alone. It may belong to a reverse proxy before
the load balancer, which nobody declared. That proxy must not be bypassed.
"""

from dataclasses import dataclass

from parallax.evidence import balancer, names, zone_reading
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene

IN_TURNS = 6
"""Requests of which one would have reached the failing address, if DNS had returned it
in turns with the load balancer's: chance leaves it out in one of 64 cases."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The proof, and the addresses to which the name led or should lead."""

    text: str
    right: tuple[str, ...]


@reading
def moved(scene: Scene) -> Moved:
    """Return the proof that the failing address is not where the name should lead."""
    found = _by_zone(scene) or _by_past(scene)
    if found is None:
        where = ", ".join(used(scene))
        name = balancer.name(scene)
        what = f"proof that {where} is an old address, not a proxy in front of {name}"
        raise Missing(what, evidence=(names.failures_elsewhere(scene),))
    return found


def used(scene: Scene) -> tuple[str, ...]:
    """Return the addresses at which users fail and that are not the balancer's."""
    return tuple(sorted({str(p.peer_address) for p in names.sent_elsewhere(scene)}))


def _own(scene: Scene) -> tuple[str, ...]:
    return tuple(sorted(balancer.addresses(scene)))


def _by_zone(scene: Scene) -> Moved | None:
    """Return that a name server of the zone has only the load balancer's addresses."""
    zone = names.zone_answers(scene)
    if any(not names.foreign_addresses(scene, r) for r in zone):
        return Moved(names.zone_text(scene), _own(scene))
    found = zone_reading.published(scene)
    listed = found.addresses if found and not zone else ()
    if found and listed and all(balancer.owns_address(scene, a) for a in listed):
        text = f"the zone {found.name} at Hetzner has {', '.join(listed)}"
        return Moved(text, _own(scene))
    return None


def _by_past(scene: Scene) -> Moved | None:
    """Return that users were served at another address before the failure."""
    since, where = scene.failing_since, used(scene)
    before = [
        p
        for p in scene.past
        if p.healthy and p.peer_address and (since is None or p.started_at < since)
    ]
    led_to = {str(p.peer_address) for p in before}
    if not before or any(balancer.same_address(a, b) for a in led_to for b in where):
        return None
    if len(before) < IN_TURNS and _stands_beside_the_balancers(scene):
        return None
    last = f"{before[-1].started_at:%H:%M:%S UTC}"
    places = ", ".join(sorted(led_to))
    text = f"until {last} the name led to {places}, and users were served there"
    return Moved(text, tuple(sorted(led_to)))


def _stands_beside_the_balancers(scene: Scene) -> bool:
    """Return whether an answer has the failing address and the balancer's own one.

    Then users reach either, and a second load balancer may be there on purpose: in
    another project, or of another provider.
    """
    failing = used(scene)
    return any(
        any(balancer.owns_address(scene, a) for a in r.addresses)
        and any(balancer.same_address(a, b) for a in r.addresses for b in failing)
        for r in names.resolvers(scene)[1]
    )
