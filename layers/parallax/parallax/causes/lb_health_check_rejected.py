"""The health check gets an answer that it does not want, from an ingress that is well.

Meaning: the health check asks the right port for a path or host that the ingress
rightly answers with another status than the check accepts: mostly the default backend's
404, since no domain is set. Or it speaks https to a plain port, or plain http to TLS.

Impact: Hetzner fails closed: every target is unhealthy, and each request gets 503 from
the balancer itself, while the ingress serves the target's host well inside.

Diagnosis: all targets unhealthy with an http or https check on a NodePort of the
ingress; the inside is well by the target's Host; and Hetzner says
`unexpected_http_status` or `unexpected_http_content`, or, where it says nothing, the
check's domain is none of the Ingresses' hosts and 404 is not among its status codes.
A check that met an error (5xx) was right, and one may not have noticed what came up
within its `retries` x `interval`.

Neighbors: no connection instead of a bad answer is
`node-firewall-blocks-load-balancer`; a port of nobody `lb-health-check-wrong-port`. If
the target's own host answers errors inside too, the check is right, and what stands
behind the ingress is asked. Only one side speaking PROXY is `proxy-protocol-mismatch`.

Mitigation: set the check's domain to a host that the ingress serves, or let it ask
/healthz, or make it a tcp check.

Source: reference hetzner.md, sections 1 and 4; capture `haproxy/503_healthcheck_404`.
Commands: hetznercloud/cli, `internal/cmd/loadbalancer/update_service.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import balancer, check_content, health_check
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthCheck, LoadBalancer
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "lb-health-check-rejected"


def assess(scene: Scene) -> Assessment:
    """Ask whether the health check itself wants the wrong thing."""
    service = balancer.service(scene)
    if healthy := health_check.usable_target(scene):
        return refuted(ID, healthy)
    if service.health_check.protocol == "tcp":
        return refuted(ID, "a tcp health check only connects: no answer displeases it")
    state = balancer.health_text(scene)
    with evidence_so_far(state):
        health_check.served_ingress(scene)
        if reason := health_check.misconfiguration(scene):
            raise Missing(f"whether it would accept the answer: {reason}")
        what = "what the health check gets for an answer"
        reason = need(check_content.rejection(scene), what)
        word, works = (
            health_check.response_without_targets(scene),
            health_check.works_inside(scene),
        )
    return supported(ID, reason, state, works, word)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to let the health check ask for something that is served."""
    service, lb = balancer.service(scene), balancer.load_balancer(scene)
    check = service.health_check
    update = (
        f"hcloud load-balancer update-service {quote(lb.name)}"
        f" --listen-port {service.listen_port}"
    )
    wait = check.retries * check.interval
    domain = NextStep(
        text=f"Let the health check ask for a host that is served; targets return after"
        f" about {wait} s.",
        command=f"{update} --health-check-http-domain {quote(scene.target.host)}",
    )
    connect = NextStep(
        text="Or let it connect only.",
        command=f"{update} --health-check-protocol tcp",
    )
    return domain, connect, *_ask(check, lb)


def _ask(check: HealthCheck, lb: LoadBalancer) -> tuple[NextStep, ...]:
    """Tell how to ask a node as the health check does."""
    asks, node = check.http, next((t.ip for t in lb.leaves() if t.ip), None)
    if asks is None or node is None:
        return ()
    scheme = "https" if check.protocol == "https" or asks.tls else "http"
    host = f"[{node}]" if ":" in node else node
    named = f" -H {quote(f'Host: {asks.domain}')}" if asks.domain else " -H 'Host:'"
    ask = NextStep(
        text="On a node, ask as the health check does, and read the status.",
        command=f"curl -sSk -o /dev/null -w '%{{http_code}}\\n'{named}"
        f" {quote(f'{scheme}://{host}:{check.port}{asks.path}')}",
    )
    return (ask,)


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer's health check rejects what a well ingress answers",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
