"""The name still leads to an address that is not the load balancer's.

Meaning: DNS gives users an old address: nobody changed the record, an old answer lives
on in the resolvers' caches, or one dead address stands among several.

Impact: users meet whatever still stands at that address: an old server's error page, or
nobody. The balancer and all behind it are well and see none of these requests. With
several addresses only the share fails that is sent to the wrong one.

Diagnosis: failing requests asked an address that is none of the balancer's; the
balancer, asked directly, answers well; no resolver gives the balancer's address alone.
The zone's own server then tells the rest: it has the right address already (wait for
the TTL), or the same old one (change the record).

Neighbors: resolvers of which some are right are `dns-resolvers-disagree`. A page that a
CDN wrote at that address makes it a cache nobody configured here: unknown. Where the
balancer fails as well, its own causes are asked, and this one stays unknown.

Mitigation: set the A and AAAA records to the balancer's addresses, remove the old ones;
lower the TTL a day before the next move.

Source: reference hetzner.md, section 6 (DNS points to an old load balancer).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, names
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "dns-stale-address"


def assess(scene: Scene) -> Assessment:
    """Ask whether users are led to an address that is not the balancer's."""
    if arrived := names.arrived(scene):
        return refuted(ID, arrived)
    found = names.elsewhere(scene)
    met, right, wrong = found.failures, found.right, found.wrong
    if right and wrong:
        share = of(len(right), len(right) + len(wrong))
        return refuted(ID, f"{share} resolvers give the balancer's address only")
    if not names.named(scene):
        raise Missing("a resolver that gives this address", evidence=(met,))
    return supported(ID, met, names.well_at_balancer(scene), _zone(scene))


def _zone(scene: Scene) -> str:
    """Say what the zone's own server answers now."""
    zone = names.zone(scene)
    if not zone:
        return "the zone's own name servers were not heard"
    said = ", ".join(zone[0].addresses)
    wrong = [r for r in zone if names.others(scene, r)]
    share = of(len(wrong) or len(zone), len(zone))
    own = f"{share} name servers of the zone say {said}"
    return f"{own}: the record is wrong" if wrong else f"{own}: caches keep the old one"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell whether to change the record or to wait, and for how long."""
    host, zone = scene.target.host, names.zone(scene)
    own = ", ".join(sorted(balancer.addresses(scene)))
    right = bool(zone) and not names.others(scene, zone[0])
    ttl = max((r.ttl or 0 for r in names.resolvers(scene)[1]), default=0)
    wait = NextStep(
        text=f"The record is right already; resolvers forget the old one in {ttl} s"
        " at the latest. Ask again.",
        command=f"dig +noall +answer {quote(host)}",
    )
    server = f" @{quote(zone[0].resolver)}" if zone else ""
    change = NextStep(
        text=f"Set the records of {host} to {own}, and remove every other address.",
        command=f"dig{server} +noall +answer {quote(host)} A {quote(host)} AAAA",
    )
    return (wait,) if right else (change,)


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.DNS,
    title="The name leads to an address that is not the load balancer's",
    assess=assess,
    next_steps=next_steps,
)
