"""Inside: the step that shows why the ingress itself does not serve the host.

In: a scene. Out: a next step, or None. It does not: name a cause.
"""

from shlex import quote

from parallax.evidence import ingress
from parallax.evidence.scene import Scene
from parallax.model.judgement import NextStep

NOT_FOUND = 404
KINDS = "ingress ingressroutes.traefik.io httproutes httpproxies virtualservices"


def at_an_ingress(scene: Scene) -> NextStep | None:
    """Return how to look for the host's route, if the ingress responds 404 inside."""
    probes = ingress.correctly_addressed(scene)
    missing = [p for p in probes if p.status_code == NOT_FOUND and not p.healthy]
    if 2 * len(missing) <= len(probes):
        return None
    host = scene.target.host
    return NextStep(
        text=f"Look for the route of {host}. If no object has the host, add it. If one"
        " has it, the controller rejects that object: the object's events and the"
        " controller's log state why.",
        command=f"for kind in {KINDS}; do kubectl get $kind -A -o yaml 2>/dev/null"
        f" | grep -F {quote(host)}; done",
    )
