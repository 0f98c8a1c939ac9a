"""Name: failing requests whose host name was not resolved, or leads elsewhere.

In: a scene. Out: an observation, or None. It does not: name a cause.
"""

from collections import Counter
from shlex import quote

from parallax.diagnose.lead.observation import Observation, alike, share
from parallax.evidence import balancer, certificates, moved, names, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Hop, NextStep
from parallax.model.probe import Probe, Role


def unresolved(scene: Scene) -> Observation | None:
    """Observe that the name has no address, and what the name servers respond."""
    probes = alike(scene)
    if not probes or probes[0].error_phase != "resolve":
        return None
    host = scene.target.host
    return Observation(
        text=f"{host} was not resolved ({share(scene, probes)}){_servers(scene)}",
        excludes="These requests were not sent, so neither the load balancer nor the"
        " cluster is the cause of these failures.",
        hops=frozenset({Hop.DNS}),
        step=NextStep(
            text="Follow the delegation from the root to the zone. The last server that"
            " responds is the one to correct: NXDOMAIN there means that the record or"
            " the delegation is missing. SERVFAIL or no reply means that the zone's own"
            " servers or its DNSSEC signatures fail.",
            command=f"dig +trace {quote(host)}",
        ),
    )


def _servers(scene: Scene) -> str:
    """Return e.g. `; name servers respond: nxdomain (5 of 5)`."""
    seen = scene.outside.resolutions if scene.outside else ()
    if not seen:
        return ""
    kinds = Counter(r.error_type or "an address" for r in seen).most_common()
    listed = ", ".join(f"{kind} ({of(n, len(seen))})" for kind, n in kinds)
    return f"; name servers respond: {listed}"


def elsewhere(scene: Scene) -> Observation | None:
    """Observe that the name leads to an address that is not the load balancer's.

    The address may be a proxy in front of the load balancer, which nobody declared. So
    the step finds its owner; it never sets the record past it.
    """
    found = names.sent_elsewhere(scene)
    if not found or scene.target.reached.cdn or not balancer.addresses(scene):
        return None
    name, own = balancer.name(scene), ", ".join(sorted(balancer.addresses(scene)))
    places, host = moved.used(scene), quote(scene.target.host)
    zone = names.zone_answers(scene)
    server = f" @{quote(zone[0].resolver)}" if zone else ""
    who = quote(places[0])
    return Observation(
        text=f"the name leads to {', '.join(places)},"
        f" which {_response(scene, found[0])}; {name} has {own}, and no"
        " observation shows an earlier address of the name",
        excludes=_works(scene),
        hops=frozenset({Hop.DNS, Hop.CDN}),
        step=NextStep(
            text="Find out whose address it is: a proxy in front of the load balancer,"
            " or an old record, or a second load balancer. If it is a proxy of this"
            " target, read its error log, and set reached.cdn in the targets file. If"
            " it is a load balancer of another project, add that project's token. If"
            " nobody uses it any more, correct the record.",
            command=f"dig +short -x {who}; hcloud server list -o columns=name,ipv4,ipv6"
            f" | grep -F {who}; dig{server} +noall +answer {host} A {host} AAAA",
        ),
    )


def _response(scene: Scene, probe: Probe) -> str:
    """Return what a machine responded, and as which server."""
    if probe.error_phase == "tls":
        why = certificates.wrong(probe, scene.target.host) or probe.error_detail
        return f"fails in the TLS handshake{f' ({why})' if why else ''}"
    if probe.status_code is None:
        what = str(probe.error_type or "no response").replace("_", " ")
        return f"does not respond ({what})"
    writer = users.written_by(probe).writer
    by = f" as {writer}" if writer != "unknown" else ""
    return f"responds {probe.status_code}{by}"


def _works(scene: Scene) -> str:
    """Return what a successful direct request excludes; empty if there is none."""
    direct = users.outside(scene, Role.DIRECT)
    if not direct or not all(p.healthy for p in direct):
        return ""
    name = balancer.name(scene)
    return (
        f"Direct requests to {name} succeed, so {name} and everything behind it work."
    )
