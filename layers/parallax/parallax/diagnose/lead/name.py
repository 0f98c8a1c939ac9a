"""Name: failing requests whose host name was not resolved.

In: a scene. Out: an observation, or None. It does not: name a cause.
"""

from collections import Counter
from shlex import quote

from parallax.diagnose.lead.observation import Observation, alike, share
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.judgement import Hop, NextStep


def unresolved(scene: Scene) -> Observation | None:
    """Observe that the name has no address, and what the name servers respond."""
    probes = alike(scene)
    if not probes or probes[0].error_phase != "resolve":
        return None
    host = scene.target.host
    return Observation(
        text=f"{host} was not resolved ({share(scene, probes)}){_servers(scene)}",
        excludes="These requests were not sent, so neither the load balancer nor the"
        " cluster can be their cause.",
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
