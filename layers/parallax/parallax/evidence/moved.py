"""Moved: whether the failing address was another one before.

In: a scene whose users fail at an address that is not the load balancer's. Out: the
proof that the name led, or should lead, to another address.
It does not: conclude from the address alone. It may belong to a reverse proxy before
the load balancer, which nobody declared. That proxy must not be bypassed.
"""

from dataclasses import dataclass

from parallax.evidence import balancer, names, users, zone_reading
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of


@dataclass(frozen=True, slots=True)
class Moved:
    """The proof, and the addresses to which the name led or should lead."""

    text: str
    right: tuple[str, ...]


@reading
def moved(scene: Scene) -> Moved:
    """Return the proof that the failing address is not where the name should lead."""
    found = _by_zone(scene) or _by_past(scene) or _beside_the_balancers(scene)
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
    last = f"{before[-1].started_at:%H:%M:%S UTC}"
    places = ", ".join(sorted(led_to))
    text = f"until {last} the name led to {places}, and users were served there"
    return Moved(text, tuple(sorted(led_to)))


def _beside_the_balancers(scene: Scene) -> Moved | None:
    """Return that the same answer has the balancer's own address, where users succeed.

    A proxy is not listed beside the server that it protects. A second load balancer
    may be, and that writes the page of one.
    """
    elsewhere = names.sent_elsewhere(scene)
    if any(users.written_by(p).hop == "load-balancer" for p in elsewhere):
        return None
    failing, answers = used(scene), (*names.resolvers(scene)[1],)
    both = [
        r
        for r in answers
        if any(balancer.owns_address(scene, a) for a in r.addresses)
        and any(balancer.same_address(a, b) for a in r.addresses for b in failing)
    ]
    if not both:
        return None
    share = of(len(both), len(names.resolver_answers(scene)))
    own = next(a for a in both[0].addresses if balancer.owns_address(scene, a))
    text = f"{share} resolvers return {own} of {balancer.name(scene)} as well"
    return Moved(text, _own(scene))
