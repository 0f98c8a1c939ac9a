"""Names: where the target's name leads, by whom it is asked.

In: a snapshot. Out: the addresses users reached against the balancer's own, and the
resolvers' answers. It does not: conclude. Behind a CDN the name leads to the CDN.
"""

from parallax.causes.evidence.balancer import (
    addresses,
    balancer_name,
    is_balancers,
    same_address,
)
from parallax.causes.evidence.outside import AS_A_USER, failing, of, outside, written_by
from parallax.model.probe import Probe, Resolution, Role
from parallax.model.snapshot import Snapshot

HANDED_ON = frozenset(
    {"via", "age", "x-cache", "x-cache-status", "x-served-by", "cdn-cache", "cf-ray"}
)
"""Headers of whoever stands before another server, and passes its answers on."""
PINNED = (*AS_A_USER, Role.ADDRESS)
"""Outside probes that went where the name leads."""


def astray(snapshot: Snapshot) -> tuple[Probe, ...]:
    """Return the failing user requests that asked another address."""
    return tuple(
        p
        for p in failing(snapshot, *AS_A_USER)
        if p.peer_address
        and p.error_phase != "resolve"
        and not is_balancers(snapshot, p.peer_address)
    )


def arrived(snapshot: Snapshot) -> str | None:
    """Say that every failing user asked the balancer's own address; None: not shown."""
    failed = failing(snapshot, *AS_A_USER)
    where = {p.peer_address for p in failed}
    if not addresses(snapshot) or not failed or None in where or astray(snapshot):
        return None
    told = ", ".join(sorted(a for a in where if a))
    return f"users reach {told}, the balancer's own address"


def astray_missing(snapshot: Snapshot) -> str | None:
    """Say what is missing for users to fail at an address of somebody else."""
    if snapshot.target.reached.cdn:
        return "the CDN's own addresses, to which the name rightly leads"
    if not addresses(snapshot):
        return f"the public address of {balancer_name(snapshot)}"
    failed, gone = failing(snapshot, *AS_A_USER), astray(snapshot)
    if not failed:
        return "no failing probe from outside"
    if len(gone) < len(failed):
        rest = of(len(failed) - len(gone), len(failed))
        return f"why {rest} failing requests did not ask another address"
    if missing := _not_well(snapshot):
        return missing
    return _not_dead(snapshot, {str(p.peer_address) for p in gone})


def _not_well(snapshot: Snapshot) -> str | None:
    """Say what is missing for all to be well at the balancer's own address."""
    asked = [
        p
        for p in outside(snapshot, *PINNED, Role.DIRECT)
        if p.role is Role.DIRECT
        or (p.peer_address and is_balancers(snapshot, p.peer_address))
    ]
    bad = [p for p in asked if not p.healthy]
    if bad:
        return "why the balancer's own address does not answer well either"
    return None if asked else "a request to the balancer's own address"


def _not_dead(snapshot: Snapshot, where: set[str]) -> str | None:
    """Say what speaks against a forgotten address: it serves, or stands before us."""
    for probe in outside(snapshot, *PINNED):
        if probe.peer_address not in where:
            continue
        if probe.healthy:
            return f"why {probe.peer_address} answers other requests well"
        author = written_by(probe)
        if author.hop == "cdn":
            who = f"its page is {author.writer}'s"
            return f"whether {probe.peer_address} is a cache before us: {who}"
        if trace := _trace(snapshot, probe):
            return f"whether {probe.peer_address} is a way to us: {trace}"
    return None


def _trace(snapshot: Snapshot, probe: Probe) -> str | None:
    """Say what shows that an address hands requests on; None: nothing does."""
    if lines := snapshot.sightings_of(probe):
        return f"the ingress on {lines[0].node} logged what was asked there"
    names = sorted({n for n, _ in probe.headers if n.lower() in HANDED_ON})
    return f"its answer bears {', '.join(names)}" if names else None


def recursive(snapshot: Snapshot) -> tuple[Resolution, ...]:
    """Return the answers of the resolvers that people use."""
    run = snapshot.outside
    found = run.resolutions if run else ()
    return tuple(r for r in found if not r.authoritative and r.addresses)


def zone(snapshot: Snapshot) -> tuple[Resolution, ...]:
    """Return what the zone's own name servers answer, those in error first."""
    run = snapshot.outside
    found = run.resolutions if run else ()
    own = [r for r in found if r.authoritative and r.addresses]
    return tuple(sorted(own, key=lambda r: not others(snapshot, r)))


def others(snapshot: Snapshot, resolution: Resolution) -> tuple[str, ...]:
    """Return the addresses of an answer that are not the balancer's."""
    return tuple(a for a in resolution.addresses if not is_balancers(snapshot, a))


def apart(
    snapshot: Snapshot,
) -> tuple[tuple[Resolution, ...], tuple[Resolution, ...]]:
    """Return the resolvers that name only the balancer, and those that name another."""
    found = recursive(snapshot)
    wrong = tuple(r for r in found if others(snapshot, r))
    return tuple(r for r in found if r not in wrong), wrong


def named(snapshot: Snapshot) -> bool:
    """Say whether a resolver gives the address at which users fail."""
    given = [a for r in apart(snapshot)[1] for a in others(snapshot, r)]
    return any(
        same_address(str(p.peer_address), a) for p in astray(snapshot) for a in given
    )


def met_there(snapshot: Snapshot) -> str:
    """Return e.g. `11 of 11 requests failed at 198.51.100.7: 503 by nginx`."""
    gone, users = astray(snapshot), outside(snapshot, *AS_A_USER)
    places = ", ".join(sorted({str(p.peer_address) for p in gone}))
    first = gone[0]
    said = str(first.error_type).replace("_", " ")
    if first.status_code is not None:
        said = f"{first.status_code} by {written_by(first).writer}"
    return f"{of(len(gone), len(users))} requests failed at {places}: {said}"


def well_there(snapshot: Snapshot) -> str:
    """Return what shows that the balancer's own address serves."""
    own = ", ".join(sorted(addresses(snapshot)))
    return f"{balancer_name(snapshot)} itself ({own}), asked directly, answers well"
