"""Names: to which addresses the target's name resolves, and for which resolver.

In: a scene. Out: the addresses that users reached compared with the load balancer's
own, and the resolvers' answers. It does not: conclude. Behind a CDN the name resolves
to the CDN.
"""

from dataclasses import dataclass

from parallax.evidence import balancer, users
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.probe import AS_A_USER, Probe, Resolution, Role

PROXY_HEADERS = frozenset(
    {"via", "age", "x-cache", "x-cache-status", "x-served-by", "cdn-cache", "cf-ray"}
)
"""Headers of a proxy or cache that forwards another server's responses."""
PINNED = (*AS_A_USER, Role.ADDRESS)
"""External probes that used an address from DNS."""
IS_IT_CACHED = (
    "Run the command twice, 10 s apart: if the TTL (second column) stays the"
    " same, the answer is most likely not from a cache: look for a record of the name"
    " that the resolver itself has (a forward, a local zone, a hosts file), and correct"
    " it."
)
"""How to see whether waiting helps: only a cached answer expires."""

BALANCER_FAILS = "the reason why requests to the load balancer's own address fail too"
"""What is missing if another fault is behind a wrong address."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Failing requests that all went to another address, and who gives which one."""

    failures: str
    right: tuple[Resolution, ...]
    """Resolvers that give the load balancer's addresses only."""
    wrong: tuple[Resolution, ...]


def sent_elsewhere(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests that were sent to another address."""
    return tuple(
        p
        for p in users.failing(scene, *AS_A_USER)
        if p.peer_address
        and p.error_phase != "resolve"
        and not balancer.owns_address(scene, p.peer_address)
    )


def all_reached_balancer(scene: Scene) -> str | None:
    """Return that all failing users reached the balancer's own address; or None."""
    failed = users.failing(scene, *AS_A_USER)
    reached = {p.peer_address for p in failed}
    if (
        not balancer.addresses(scene)
        or not failed
        or None in reached
        or sent_elsewhere(scene)
    ):
        return None
    listed = ", ".join(sorted(a for a in reached if a))
    return f"users reach {listed}, the load balancer's own address"


@reading
def all_sent_elsewhere(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing requests, if all of them were sent to another address."""
    if scene.target.reached.cdn:
        used = sorted({str(p.peer_address) for p in users.failed(scene)})
        what = "a list of the CDN's addresses, which Parallax does not have"
        raise Missing(what, evidence=(f"the name resolves to {', '.join(used)}",))
    if not balancer.addresses(scene):
        raise Missing(f"the public address of {balancer.name(scene)}")
    failed, elsewhere = users.failed(scene), sent_elsewhere(scene)
    if len(elsewhere) < len(failed):
        rest = of(len(failed) - len(elsewhere), len(failed))
        raise Missing(f"failing requests to another address ({rest} used none)")
    where = {str(p.peer_address) for p in elsewhere}
    if doubt := _address_doubt(scene, where) or _balancer_doubt(scene):
        raise Missing(doubt)
    return elsewhere


def _balancer_doubt(scene: Scene) -> str | None:
    """Return what is missing to prove that the balancer's own address works."""
    direct_probes = [
        p
        for p in users.outside(scene, *PINNED, Role.DIRECT)
        if p.role is Role.DIRECT
        or (p.peer_address and balancer.owns_address(scene, p.peer_address))
    ]
    bad = [p for p in direct_probes if not p.healthy]
    if bad:
        return BALANCER_FAILS
    return None if direct_probes else "a request to the load balancer's own address"


def _address_doubt(scene: Scene, where: set[str]) -> str | None:
    """Return a doubt that the address is unrelated: it works, or forwards to us."""
    for probe in users.outside(scene, *PINNED):
        if probe.peer_address not in where:
            continue
        if probe.healthy:
            return f"the reason why other requests to {probe.peer_address} succeed"
        author = users.written_by(probe)
        if author.hop == "cdn":
            page = f"its page is from {author.writer}"
            return f"whether {probe.peer_address} is a CDN of this target ({page})"
        if trace := _proxy_marks(scene, probe):
            return f"whether {probe.peer_address} is a proxy of this target ({trace})"
    return None


def _proxy_marks(scene: Scene, probe: Probe) -> str | None:
    """Return the proof that an address forwards requests; None: there is none."""
    if lines := scene.sightings_of(probe):
        return f"the ingress on {lines[0].node} logged a request sent there"
    names = sorted({n for n, _ in probe.headers if n.lower() in PROXY_HEADERS})
    return f"its response has {', '.join(names)}" if names else None


def resolver_answers(scene: Scene) -> tuple[Resolution, ...]:
    """Return the answers of the resolvers that people use."""
    run = scene.outside
    found = run.resolutions if run else ()
    return tuple(r for r in found if not r.authoritative and r.addresses)


def zone_answers(scene: Scene) -> tuple[Resolution, ...]:
    """Return the answers of the zone's own name servers, wrong ones first."""
    run = scene.outside
    found = run.resolutions if run else ()
    own = [r for r in found if r.authoritative and r.addresses]
    return tuple(sorted(own, key=lambda r: not foreign_addresses(scene, r)))


def zone_text(scene: Scene) -> str:
    """Return what the zone's own name servers answer now, and what follows."""
    zone = zone_answers(scene)
    if not zone:
        return "the zone's own name servers did not respond"
    own = f"{zone_share(scene)} return {', '.join(zone[0].addresses)}"
    if foreign_addresses(scene, zone[0]):
        return own
    return f"{own}, so the other address most likely comes from a resolver's cache"


def zone_share(scene: Scene) -> str:
    """Return e.g. `1 of 2 queried name servers of the zone`: those of the first answer.

    Those with a wrong address if there are any; otherwise all that responded.
    """
    run, zone = scene.outside, zone_answers(scene)
    queried = sum(r.authoritative for r in run.resolutions) if run else 0
    wrong = [r for r in zone if foreign_addresses(scene, r)]
    share = of(len(wrong) or len(zone), queried)
    return f"{share} queried name servers of the zone"


def foreign_addresses(scene: Scene, resolution: Resolution) -> tuple[str, ...]:
    """Return the addresses of an answer that are not the load balancer's."""
    return tuple(a for a in resolution.addresses if not balancer.owns_address(scene, a))


def resolvers(
    scene: Scene,
) -> tuple[tuple[Resolution, ...], tuple[Resolution, ...]]:
    """Return the resolvers that give only the balancer's addresses, and the others."""
    found = resolver_answers(scene)
    wrong = tuple(r for r in found if foreign_addresses(scene, r))
    return tuple(r for r in found if r not in wrong), wrong


def failing_address_is_given(scene: Scene) -> bool:
    """Return whether a resolver gives the address at which users fail."""
    given = [a for r in resolvers(scene)[1] for a in foreign_addresses(scene, r)]
    return any(
        balancer.same_address(str(p.peer_address), a)
        for p in sent_elsewhere(scene)
        for a in given
    )


def failures_elsewhere(scene: Scene) -> str:
    """Return e.g. `11 of 11 requests to 198.51.100.7 failed: 503 from nginx`."""
    elsewhere, requests = sent_elsewhere(scene), users.outside(scene, *AS_A_USER)
    places = ", ".join(sorted({str(p.peer_address) for p in elsewhere}))
    first = elsewhere[0]
    how = str(first.error_type).replace("_", " ")
    if first.status_code is not None:
        how = f"{first.status_code} from {users.written_by(first).writer}"
    share = of(len(elsewhere), len(requests))
    return f"{share} requests went to {places} and failed: {how}"


def balancer_works(scene: Scene) -> str:
    """Return the proof that the load balancer's own address works."""
    own = ", ".join(sorted(balancer.addresses(scene)))
    return f"direct requests to {balancer.name(scene)} ({own}) succeed"


@reading
def elsewhere(scene: Scene) -> Elsewhere:
    """Return the failures at another address; raises `Missing` if one was not there."""
    all_sent_elsewhere(scene)
    right, wrong = resolvers(scene)
    return Elsewhere(failures=failures_elsewhere(scene), right=right, wrong=wrong)
