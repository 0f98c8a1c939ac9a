"""Names: where the target's name leads, by whom it is asked.

In: a scene. Out: the addresses users reached against the balancer's own, and the
resolvers' answers. It does not: conclude. Behind a CDN the name leads to the CDN.
"""

from dataclasses import dataclass

from parallax.evidence import balancer, users
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import Probe, Resolution, Role

HANDED_ON = frozenset(
    {"via", "age", "x-cache", "x-cache-status", "x-served-by", "cdn-cache", "cf-ray"}
)
"""Headers of whoever stands before another server, and passes its answers on."""
PINNED = (*users.AS_A_USER, Role.ADDRESS)
"""Outside probes that went where the name leads."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Failing requests that all went to another address, and who gives which one."""

    failures: str
    right: tuple[Resolution, ...]
    """Resolvers that give the load balancer's addresses only."""
    wrong: tuple[Resolution, ...]


def sent_elsewhere(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests that asked another address."""
    return tuple(
        p
        for p in users.failing(scene, *users.AS_A_USER)
        if p.peer_address
        and p.error_phase != "resolve"
        and not balancer.is_balancers(scene, p.peer_address)
    )


def arrived(scene: Scene) -> str | None:
    """Say that every failing user asked the balancer's own address; None: not shown."""
    failed = users.failing(scene, *users.AS_A_USER)
    where = {p.peer_address for p in failed}
    if (
        not balancer.addresses(scene)
        or not failed
        or None in where
        or sent_elsewhere(scene)
    ):
        return None
    told = ", ".join(sorted(a for a in where if a))
    return f"users reach {told}, the balancer's own address"


@reading
def led_elsewhere(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing requests, all of which asked an address of somebody else."""
    if scene.target.reached.cdn:
        raise Missing("the CDN's own addresses, to which the name rightly leads")
    if not balancer.addresses(scene):
        raise Missing(f"the public address of {balancer.name(scene)}")
    failed, gone = users.failed(scene), sent_elsewhere(scene)
    if len(gone) < len(failed):
        rest = of(len(failed) - len(gone), len(failed))
        raise Missing(f"why {rest} failing requests did not ask another address")
    where = {str(p.peer_address) for p in gone}
    if doubt := _not_well(scene) or _not_dead(scene, where):
        raise Missing(doubt)
    return gone


def _not_well(scene: Scene) -> str | None:
    """Say what is missing for all to be well at the balancer's own address."""
    asked = [
        p
        for p in users.outside(scene, *PINNED, Role.DIRECT)
        if p.role is Role.DIRECT
        or (p.peer_address and balancer.is_balancers(scene, p.peer_address))
    ]
    bad = [p for p in asked if not p.healthy]
    if bad:
        return "why the balancer's own address does not answer well either"
    return None if asked else "a request to the balancer's own address"


def _not_dead(scene: Scene, where: set[str]) -> str | None:
    """Say what speaks against a forgotten address: it serves, or stands before us."""
    for probe in users.outside(scene, *PINNED):
        if probe.peer_address not in where:
            continue
        if probe.healthy:
            return f"why {probe.peer_address} answers other requests well"
        author = users.written_by(probe)
        if author.hop == "cdn":
            who = f"its page is {author.writer}'s"
            return f"whether {probe.peer_address} is a cache before us: {who}"
        if trace := _trace(scene, probe):
            return f"whether {probe.peer_address} is a way to us: {trace}"
    return None


def _trace(scene: Scene, probe: Probe) -> str | None:
    """Say what shows that an address hands requests on; None: nothing does."""
    if lines := scene.sightings_of(probe):
        return f"the ingress on {lines[0].node} logged what was asked there"
    names = sorted({n for n, _ in probe.headers if n.lower() in HANDED_ON})
    return f"its answer bears {', '.join(names)}" if names else None


def recursive(scene: Scene) -> tuple[Resolution, ...]:
    """Return the answers of the resolvers that people use."""
    run = scene.outside
    found = run.resolutions if run else ()
    return tuple(r for r in found if not r.authoritative and r.addresses)


def zone(scene: Scene) -> tuple[Resolution, ...]:
    """Return what the zone's own name servers answer, those in error first."""
    run = scene.outside
    found = run.resolutions if run else ()
    own = [r for r in found if r.authoritative and r.addresses]
    return tuple(sorted(own, key=lambda r: not others(scene, r)))


def others(scene: Scene, resolution: Resolution) -> tuple[str, ...]:
    """Return the addresses of an answer that are not the balancer's."""
    return tuple(a for a in resolution.addresses if not balancer.is_balancers(scene, a))


def resolvers(
    scene: Scene,
) -> tuple[tuple[Resolution, ...], tuple[Resolution, ...]]:
    """Return the resolvers that name only the balancer, and those that name another."""
    found = recursive(scene)
    wrong = tuple(r for r in found if others(scene, r))
    return tuple(r for r in found if r not in wrong), wrong


def named(scene: Scene) -> bool:
    """Say whether a resolver gives the address at which users fail."""
    given = [a for r in resolvers(scene)[1] for a in others(scene, r)]
    return any(
        balancer.same_address(str(p.peer_address), a)
        for p in sent_elsewhere(scene)
        for a in given
    )


def met_elsewhere(scene: Scene) -> str:
    """Return e.g. `11 of 11 requests failed at 198.51.100.7: 503 by nginx`."""
    gone, requests = sent_elsewhere(scene), users.outside(scene, *users.AS_A_USER)
    places = ", ".join(sorted({str(p.peer_address) for p in gone}))
    first = gone[0]
    said = str(first.error_type).replace("_", " ")
    if first.status_code is not None:
        said = f"{first.status_code} by {users.written_by(first).writer}"
    return f"{of(len(gone), len(requests))} requests failed at {places}: {said}"


def well_at_balancer(scene: Scene) -> str:
    """Return what shows that the balancer's own address serves."""
    own = ", ".join(sorted(balancer.addresses(scene)))
    return f"{balancer.name(scene)} itself ({own}), asked directly, answers well"


@reading
def elsewhere(scene: Scene) -> Elsewhere:
    """Return what failing requests met elsewhere; raises `Missing` if some were not."""
    led_elsewhere(scene)
    right, wrong = resolvers(scene)
    return Elsewhere(failures=met_elsewhere(scene), right=right, wrong=wrong)
