"""Log: what the ingress access logs show of the failing requests.

In: a scene. Out: an observation, or None. It does not: name a cause. A missing line
proves something only if every ingress log was read.
"""

from dataclasses import replace
from shlex import quote

from parallax.diagnose.lead.at_the_balancer import at_the_balancer
from parallax.diagnose.lead.observation import (
    BEFORE_THE_INGRESS,
    IN_THE_CLUSTER,
    Observation,
)
from parallax.evidence import balancer, inside, logs, users
from parallax.evidence.scene import Scene
from parallax.model.cluster import Sighting
from parallax.model.judgement import NextStep
from parallax.model.probe import AS_A_USER

_UNREADABLE = (400, 408)
"""An ingress that cannot parse a request logs it without its request id."""


def in_no_log(scene: Scene) -> Observation | None:
    """Observe that no ingress log contains any failing request.

    An http health check sends requests to the pods too: if it fails on every target, a
    fault behind the ingress can end requests before it.
    """
    failing = users.failing(scene, *AS_A_USER)
    if not failing or scene.sightings_of(*failing) or not logs.all_read(scene):
        return None
    if any(p.status_code in _UNREADABLE for p in failing):
        return None
    ended = "The requests ended before the ingress"
    behind = _is_checked_over_http(scene)
    return Observation(
        text="no ingress log contains the failing request"
        if len(failing) == 1
        else f"no ingress log contains any of the {len(failing)} failing requests",
        excludes=f"{ended}, but the health check that fails on every target goes"
        " through it: the fault may be behind the load balancer."
        if behind
        else f"{ended}, so no pod and no rule of the ingress is at fault.",
        hops=BEFORE_THE_INGRESS,
        step=_compare(scene),
    )


def _compare(scene: Scene) -> NextStep:
    """Return how to read both sides of the way from the balancer to the ingress."""
    step = at_the_balancer(
        scene,
        "Compare the load balancer's services, targets and health with the ingress"
        " Service's ports and the nodes of its pods.",
    )
    service = inside.ingress_service.maybe(scene)
    if service is None or not (step.command or "").startswith("hcloud load-balancer d"):
        return step
    kubectl = f"kubectl -n {quote(service.namespace)} get"
    both = f"{step.command} && {kubectl} service {quote(service.name)}"
    return replace(step, command=f"{both} && {kubectl} pods -o wide")


def _is_checked_over_http(scene: Scene) -> bool:
    """Return whether an HTTP health check fails everywhere, perhaps rightly so."""
    service = balancer.service.maybe(scene)
    over_http = service is not None and service.health_check.protocol != "tcp"
    return over_http and balancer.all_unhealthy(scene)


def at_the_ingress(scene: Scene) -> Observation | None:
    """Observe what the ingress logged for the failing requests, and its upstream."""
    lines = scene.sightings_of(*users.failing(scene, *AS_A_USER))
    if not lines:
        return None
    line = lines[0]
    return Observation(
        text=f"{logs.share_text(scene)}; {_upstream(line)}",
        excludes="The requests reached the ingress, so the name, the load balancer and"
        " the way to the node work.",
        hops=IN_THE_CLUSTER,
        step=NextStep(
            text="Read the ingress controller's log. Its error line for this host"
            " states why the ingress responded with this status.",
            command=_log_command(scene, line),
        ),
    )


def _upstream(line: Sighting) -> str:
    if line.upstream_address is None:
        return f"the ingress responded {line.status_code} and tried no upstream"
    if logs.got_no_response(line):
        return f"the ingress got no usable response from {line.upstream_address}"
    status = line.upstream_status
    if status is None:
        return f"{line.upstream_address} had not responded when the request ended"
    return f"the upstream {line.upstream_address} responded {status}"


def _log_command(scene: Scene, line: Sighting) -> str:
    space = quote(scene.target.reached.ingress_namespace or "ingress-nginx")
    host = quote(scene.target.host)
    pod = quote(line.pod) if line.pod else "POD"
    return f"kubectl -n {space} logs {pod} --since=10m | grep -F {host}"
