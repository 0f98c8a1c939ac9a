"""Resolvers cannot get a valid answer from the name's zone.

Meaning: the zone exists, and resolvers cannot use what they receive: its name servers
do not serve it (a lame delegation), do not respond, or its DNSSEC signatures do not
match the key at the registry.

Impact: no client of such a resolver finds the target. Clients whose resolver still
caches the answer, or does not validate DNSSEC, are served. The load balancer and
everything behind it get no request.

Diagnosis: failing requests got no address, and at least two resolvers respond
`servfail`. Or no resolver and no name server of the zone responds for this name, while
another owner's name resolves. If a name server of the zone itself returns an address,
the zone has the record and its signatures or its delegation are at fault.

Neighbors: if name servers report that the name does not exist, it is `dns-name-gone`.
If the monitor resolves no name at all, it is `monitor-blind`.

Mitigation: let the delegation at the registrar name the servers that serve the zone;
remove a DS record that has no key in the zone, or sign the zone with its key.

Source: RFC 4035, section 5.5 (bogus answers become SERVFAIL); RFC 1912, section 2.8
(lame delegations).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import unresolved, zone_reading
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.evidence.unresolved import Answers
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "dns-zone-broken"


def assess(scene: Scene) -> Assessment:
    """Check whether resolvers find no valid answer of the zone."""
    if resolved := unresolved.resolves(scene):
        return refuted(ID, resolved)
    found = unresolved.answers(scene)
    broken = [r for r in found.resolvers if r.error_type in unresolved.BROKEN]
    gone = [r for r in found.resolvers if r.error_type in unresolved.GONE]
    if gone and not broken and len(gone) >= unresolved.ENOUGH:
        return refuted(ID, unresolved.shown(found.resolvers, "resolvers"))
    silent = _nobody_responds(scene, found)
    known = broken and zone_reading.not_delegated(scene)
    several = len(broken) >= unresolved.ENOUGH and len(broken) > len(gone)
    if not (silent or known or several):
        what = "two resolvers that respond servfail"
        raise Missing(what, evidence=(found.failures,))
    text = silent or unresolved.shown(found.resolvers, "resolvers")
    facts = (_zone(found), *zone_reading.facts(scene))
    return supported(ID, f"{found.failures}; {text}", *facts)


def _nobody_responds(scene: Scene, found: Answers) -> str | None:
    """Return that no name server responds for this name, but for another; else None."""
    if found.resolvers or found.mute < unresolved.ENOUGH:
        return None
    if any(r.addresses for r in found.zone):
        return None
    if not unresolved.names_work_here(scene):
        return None
    return f"none of {found.mute} resolvers responds, and another name does resolve"


def _zone(found: Answers) -> str:
    own = "queried name servers of the zone"
    if not found.zone:
        return "the zone's own name servers were not found"
    if any(r.addresses for r in found.zone):
        return (
            f"{unresolved.shown(found.zone, own)}: the record exists, so the signatures"
            " (DNSSEC) or the delegation are at fault"
        )
    return unresolved.shown(found.zone, own)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to tell DNSSEC from the delegation."""
    host = quote(scene.target.host)
    signed = NextStep(
        text="Query the name with and without DNSSEC validation. If only the second"
        " query returns an address, DNSSEC is at fault: compare the DS record at the"
        " registrar with the zone's keys, and remove it if the zone is not signed.",
        command=f"dig @1.1.1.1 {host} A +noall +comments +answer;"
        f" dig @1.1.1.1 +cd {host} A +noall +comments +answer",
    )
    lame = NextStep(
        text="Follow the delegation: the last list of NS records has the name servers"
        " that the registry knows for the zone. Query each of them. One that responds"
        " without the `aa` flag, or refuses, does not serve the zone: correct the name"
        " servers at the registrar. One that times out is down, or is the wrong one:"
        " compare it with the list of your DNS provider first.",
        command=f"dig +trace +nodnssec {host} A;"
        f" dig @NAMESERVER {host} A +norecurse +noall +comments +answer",
    )
    hetzner = NextStep(
        text="If the zone is at Hetzner, compare its name servers and delegation.",
        command=zone_reading.describe(scene),
    )
    return signed, lame, hetzner


CAUSE = Cause(
    id=ID,
    class_=Class.CACHE,
    hop=Hop.DNS,
    title="Resolvers get no valid answer from the name's zone",
    assess=assess,
    next_steps=next_steps,
)
