"""Unresolved: why the target's name has no address, by each name server's answer.

In: a scene. Out: the failing requests whose name did not resolve, and what resolvers
and the zone's own name servers responded.
It does not: conclude. A resolver that did not respond shows nothing about the name.
"""

from collections import Counter
from dataclasses import dataclass

from parallax.evidence import users
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import every, of
from parallax.model.probe import AS_A_USER, Probe, Resolution, Role

GONE = frozenset({"nxdomain", "no_address"})
"""Results of a name server for a name without an address."""
BROKEN = frozenset({"servfail"})
"""Result of a resolver that found no valid answer of the zone."""
MUTE = frozenset({"timeout", "unreachable", "connection_closed"})
"""Results of a name server that did not respond."""
ENOUGH = 2
"""Resolvers that must agree: one alone may be at fault itself."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The name servers' answers for a name that did not resolve."""

    failures: str
    resolvers: tuple[Resolution, ...]
    """Recursive resolvers that responded."""
    zone: tuple[Resolution, ...]
    """The zone's own name servers, whatever they responded."""
    mute: int
    """Number of recursive resolvers that did not respond."""


@reading
def requests(scene: Scene) -> tuple[Probe, ...]:
    """Return the failing user requests whose name did not resolve."""
    return tuple(
        p for p in users.failing(scene, *AS_A_USER) if p.error_phase == "resolve"
    )


def resolves(scene: Scene) -> str | None:
    """Return that no failing request failed in DNS; None: some did, or none failed."""
    failed = users.failing(scene, *AS_A_USER)
    if not failed or requests(scene):
        return None
    who = every(len(failed), "failing request", "failing requests")
    return f"the name resolved for {who}"


@reading
def answers(scene: Scene) -> Answers:
    """Return what the name servers responded; raise `Missing` if that shows nothing."""
    failed, lost = users.failed(scene), requests(scene)
    if 2 * len(lost) <= len(failed):
        rest = of(len(failed) - len(lost), len(failed))
        raise Missing(f"failing requests without an address ({rest} had one)")
    run = scene.outside
    found = run.resolutions if run else ()
    recursive = [r for r in found if not r.authoritative]
    responded = tuple(r for r in recursive if r.addresses or r.error_type not in MUTE)
    if not found:
        raise Missing("the answers of resolvers and of the zone's name servers")
    share = of(len(lost), len(users.outside(scene, *AS_A_USER)))
    return Answers(
        failures=f"{share} requests got no address of {scene.target.host}",
        resolvers=responded,
        zone=tuple(r for r in found if r.authoritative),
        mute=len(recursive) - len(responded),
    )


def shown(resolutions: tuple[Resolution, ...], what: str) -> str:
    """Return e.g. `4 of 4 resolvers respond nxdomain`."""
    words = Counter(_word(r) for r in resolutions).most_common()
    count = len(resolutions)
    each = ", ".join(f"{of(n, count)} {what} {_verb(word)}" for word, n in words)
    return each or f"no {what} responded"


def _verb(word: str) -> str:
    """Return the verb: not every outcome is a response."""
    if word == "unreachable":
        return "cannot be reached"
    return "do not respond (timeout)" if word == "timeout" else f"respond {word}"


def _word(resolution: Resolution) -> str:
    if resolution.addresses:
        return ", ".join(resolution.addresses)
    return str(resolution.error_type).replace("_", " ")


def in_path(scene: Scene) -> str | None:
    """Return what the name servers responded, for the path; None: nothing shows it."""
    found = answers.maybe(scene)
    if found is None or not (found.resolvers or found.zone):
        return None
    zone = f"; {shown(found.zone, 'name servers of the zone')}" if found.zone else ""
    return f"{shown(found.resolvers, 'resolvers')}{zone}"


def names_work_here(scene: Scene) -> bool | None:
    """Return whether another owner's name resolved in the same run; None: not tried."""
    run = scene.outside
    control = run.by_role(Role.CONTROL) if run else ()
    if not control:
        return None
    return any(p.error_phase != "resolve" for p in control)
