"""DNS has no address for the name.

Meaning: the name does not exist any more, or it has neither an A nor an AAAA record.
The record was deleted, the zone was replaced by one without it, or the domain has
expired.

Impact: no client finds the target. Those whose resolver still caches the old answer are
served until its TTL ends. The load balancer and everything behind it get no request.

Diagnosis: failing requests got no address. At least two resolvers, or one resolver and
a name server of the zone, respond `nxdomain` or without an address, and none of the
zone's name servers has one. If only the zone has an address again, resolvers keep the
negative answer; this cause is still true for their users.

Neighbors: if resolvers report `servfail`, it is `dns-zone-broken`. If they return a
wrong address, it is `dns-stale-address` or `dns-resolvers-disagree`. If only the
monitor's own resolver fails, it is `monitor-blind`.

Mitigation: restore the record in the zone; renew the domain if it has expired. A
negative answer stays cached for up to the zone's SOA minimum.

Source: RFC 2308 (negative caching); RFC 8020 (NXDOMAIN).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, unresolved, zone_reading
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "dns-name-gone"


def assess(scene: Scene) -> Assessment:
    """Check whether resolvers and the zone report that the name has no address."""
    if resolved := unresolved.resolves(scene):
        return refuted(ID, resolved)
    found = unresolved.answers(scene)
    gone = [r for r in found.resolvers if r.error_type in unresolved.GONE]
    zone = [r for r in found.zone if r.error_type in unresolved.GONE]
    broken = [r for r in found.resolvers if r.error_type in unresolved.BROKEN]
    if broken and not gone and not zone:
        return refuted(ID, unresolved.shown(found.resolvers, "resolvers"))
    enough = len(gone) >= unresolved.ENOUGH or (gone and zone)
    if not enough or len(gone) < len(broken):
        what = "two name servers that respond that the name has no address"
        raise Missing(what, evidence=(found.failures,))
    text = (
        unresolved.shown(found.zone, "queried name servers of the zone")
        if found.zone
        else "the zone's own name servers were not found"
    )
    return supported(
        ID,
        f"{found.failures}; {unresolved.shown(found.resolvers, 'resolvers')}",
        text,
        *zone_reading.facts(scene),
    )


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to see where the name ends, and which records to restore."""
    host = quote(scene.target.host)
    own = ", ".join(sorted(balancer.addresses(scene)))
    goal = f" to {own} of {balancer.name(scene)}" if own else ""
    found = unresolved.answers.maybe(scene)
    back = found and any(r.addresses for r in found.zone)
    if back:
        wait = "The zone has an address again. Resolvers keep the negative answer for"
        text = (
            f"{wait} up to the SOA's last number, in seconds. Check how long that is."
        )
        command = f"dig +noall +answer +authority {host} SOA"
        return (NextStep(text=text, command=command),)
    trace = NextStep(
        text="Find the name server that reports that the name has no address. If it"
        " belongs to the registry, the domain is not registered or has no name server:"
        " check it at the registrar (`whois`). If it belongs to the zone, the record is"
        " missing there.",
        command=f"dig +trace {host} A",
    )
    restore = NextStep(
        text=f"In the zone, set the records of {host} again{goal}, or to the proxy or"
        " CDN that stands in front of the load balancer. This command shows what is"
        " there now.",
        command=zone_reading.command(scene),
    )
    at_hetzner = zone_reading.zone(scene)
    if at_hetzner and at_hetzner.record_sets == ():
        return restore, trace  # it is known where the record is missing
    return trace, restore


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.DNS,
    title="DNS has no address for the name",
    assess=assess,
    next_steps=next_steps,
)
