"""Some resolvers give the load balancer's address, others a different one.

Meaning: the name's record was changed, and the change has not reached every resolver.
Some resolvers cache the old answer until its TTL ends, or the zone's own name servers
differ.

Impact: whether a user is served depends on the user's resolver. Users with the old
answer get an old server's error, or no response. The others see nothing wrong.

Diagnosis: of the resolvers queried in the same run, some give only the load balancer's
addresses and some a different one. The failing requests went to the different one.
Direct requests to the load balancer succeed.

Neighbors: if every resolver gives the wrong address, it is `dns-stale-address`.
Resolvers that differ while users fail at the load balancer's own address are not to
blame. Behind a CDN resolvers correctly differ by location, and this cause stays
undetermined.

Mitigation: wait for the TTL, or flush the resolver's cache. If the zone's own name
servers differ, update its secondaries.

Source: RFC 1034, RFC 1912 (zone transfers and serials); RFC 8767 (stale answers).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, names
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import Resolution

ID = "dns-resolvers-disagree"


def assess(scene: Scene) -> Assessment:
    """Check whether only some resolvers give failing users a different address."""
    if arrived := names.all_reached_balancer(scene):
        return refuted(ID, arrived)
    found = names.elsewhere(scene)
    failures, right, wrong = found.failures, found.right, found.wrong
    if wrong and not right and names.failing_address_is_given(scene):
        share, name = of(len(wrong), len(wrong)), balancer.name(scene)
        return refuted(
            ID, f"all resolvers ({share}) return an address that is not {name}'s"
        )
    if not right or not names.failing_address_is_given(scene):
        what = "a resolver with this address and one with the load balancer's"
        raise Missing(what, evidence=(failures,))
    split = f"{_listed(right)} the load balancer's address; {_answers(wrong)}"
    source = f"{failures}; of the queried resolvers, only {_answerers(scene, wrong)}"
    source += " this address"
    works = f"{names.balancer_works(scene)}, so users of {_named(right)} are served"
    return supported(ID, split, source, works, names.zone_text(scene))


def _answerers(scene: Scene, wrong: tuple[Resolution, ...]) -> str:
    """Return e.g. `resolver 192.0.2.1 returns`, of those that give the used address."""
    used = {str(p.peer_address) for p in names.sent_elsewhere(scene)}
    found = tuple(r for r in wrong if used.intersection(r.addresses))
    return _listed(found or wrong)


def _named(resolutions: tuple[Resolution, ...]) -> str:
    found = ", ".join(r.resolver for r in resolutions)
    return f"{'resolvers' if len(resolutions) > 1 else 'resolver'} {found}"


def _listed(resolutions: tuple[Resolution, ...]) -> str:
    verb = "return" if len(resolutions) > 1 else "returns"
    return f"{_named(resolutions)} {verb}"


def _answers(wrong: tuple[Resolution, ...]) -> str:
    return "; ".join(
        f"resolver {r.resolver} returns {', '.join(r.addresses)}" for r in wrong
    )


def _how_long(scene: Scene, resolution: Resolution) -> str:
    """Return how long a resolver returns the wrong address, by the zone's answers."""
    wrong = ", ".join(names.foreign_addresses(scene, resolution))
    left = f", up to {resolution.ttl} s" if resolution.ttl else ""
    cached = f"returns {wrong} until the answer expires{left}, or its cache is flushed"
    zone = names.zone_answers(scene)
    if zone and names.foreign_addresses(scene, zone[0]):
        return (
            f"Correct the zone first: {zone[0].resolver} returns {wrong} too. If the"
            f" name was moved on purpose, e.g. to a proxy, find out why {wrong} fails."
        )
    if zone:
        own = ", ".join(sorted(balancer.addresses(scene))) or "the right address"
        return (
            f"{own} is right: if it is printed, its users reach the load balancer"
            f" again. {names.zone_share(scene)} return it, so this resolver most likely"
            f" {cached}. {names.IS_IT_CACHED}"
        )
    return (
        f"If it has only cached an old answer, it {cached}. If a name server of the"
        " zone still returns this address (next step), correct that server first."
    )


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return which resolver is wrong, and for how long."""
    host = quote(scene.target.host)
    steps = [
        NextStep(
            text=f"Check which address resolver {r.resolver} returns."
            f" {_how_long(scene, r)}",
            command=f"dig @{quote(r.resolver)} +noall +answer {host}",
        )
        for r in names.resolvers(scene)[1]
    ]
    look = NextStep(
        text="Check that all name servers of the zone have the same serial. If one"
        " differs, correct it before you wait or flush a cache: until then, resolvers"
        " can fetch the old address again.",
        command=f'dig +nssearch "$(dig {host} SOA +noall +answer +authority'
        """ | awk '$4 == "SOA" {print $1; exit}')\"""",
    )
    return (*steps, look)


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.DNS,
    title="Some resolvers return an address that is not the load balancer's",
    assess=assess,
    next_steps=next_steps,
)
