"""The load balancer's health check rejects the ingress's response.

Meaning: the health check uses the right port, but requests a wrong path or host. The
ingress correctly responds with a status that the check does not accept. Mostly this is
the default backend's 404, because no domain is set. Or the check uses https on a plain
port, or plain http on a TLS port.

Impact: Hetzner fails closed. Every target is unhealthy, and each request gets 503 from
the load balancer itself. Inside the cluster the ingress serves the target's host.

Diagnosis: all targets are unhealthy, with an http or https check on a NodePort of the
ingress. Internal probes with the target's Host succeed. The API reports
`unexpected_http_status` or `unexpected_http_content`. If it reports no reason, no
Ingress has the check's domain, and 404 is not among its status codes. A check that
received an error (5xx) was right. A recovery within the last `retries` x `interval`
seconds may not be noticed yet.

If the target's host gets errors inside the cluster, the check is wrong all the same if
it requests another host and gets another status, or speaks TLS to a plain port. Then
the cause behind the ingress is also true.

Neighbors: no connection instead of a rejected response is
`node-firewall-blocks-load-balancer`; an unused port is `lb-health-check-wrong-port`. If
the check gets the error that the target's own host gets inside the cluster too, the
check is right, and a cause behind the ingress applies. If only one side uses the PROXY
protocol, it is `proxy-protocol-mismatch`.

Mitigation: set the check's domain to a host that the ingress serves, or set its path to
/healthz, or use a tcp check.

Source: Hetzner Cloud API, load balancers (`health_check.http`);
terraform-hcloud-kube-hetzner issue 759. Commands: hetznercloud/cli,
`internal/cmd/loadbalancer/update_service.go`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import WITHOUT_STATUS, accepted, on_node, status_of
from parallax.causes.keeper import check_settings, lasting, wrong_annotation
from parallax.causes.undo import old_check
from parallax.evidence import balancer, check_content, health_check
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthCheck, LoadBalancer
from parallax.model.judgement import Assessment, Class, Hop, NextStep

ID = "lb-health-check-rejected"


def assess(scene: Scene) -> Assessment:
    """Check whether the health check expects the wrong response."""
    service = balancer.service(scene)
    if healthy := health_check.usable_target(scene):
        return refuted(ID, healthy)
    if service.health_check.protocol == "tcp":
        what = "a TCP health check only opens a connection; it ignores the response"
        return refuted(ID, what)
    state = balancer.health_report(scene)
    with evidence_so_far(state):
        health_check.served_ingress(scene)
        if reason := health_check.misconfiguration(scene):
            what = "what the health check would receive without another fault"
            raise Missing(f"{what} ({reason})")
        what = "the response that the health check receives"
        reason = need(check_content.rejection(scene), what)
        own, works = (
            health_check.response_without_targets(scene),
            health_check.rejects_apart(scene),
        )
    wrong = wrong_annotation(
        scene,
        "health-check-http-domain",
        "health-check-http-path",
        "health-check-protocol",
        "http-status-codes",
    )
    return supported(ID, reason, state, works, own, *wrong)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to make the health check request a host that is served."""
    service, lb = balancer.service(scene), balancer.load_balancer(scene)
    check = service.health_check
    update = (
        f"hcloud load-balancer update-service {quote(lb.name)}"
        f" --listen-port {service.listen_port}"
    )
    wait, back = check.retries * check.interval, old_check(lb, service, domain=True)
    domain = NextStep(
        text=f"Set the health check's domain to {scene.target.host}, which the ingress"
        f" serves. Targets become healthy after about {wait} s.",
        command=f"{update} --health-check-http-domain {quote(scene.target.host)}",
        undo=back,
    )
    connect = NextStep(
        text="Use a TCP health check, which ignores the response.",
        command=f"{update} --health-check-protocol tcp",
        undo=back,
        alternative=True,
    )
    host = check_settings(service, health_check_http_domain=scene.target.host)
    domain = lasting(scene, domain, **host)
    connect = lasting(scene, connect, health_check_protocol="tcp")
    return domain, connect, *_send_request(check, lb)


def _send_request(check: HealthCheck, lb: LoadBalancer) -> tuple[NextStep, ...]:
    """Return how to send the health check's request to a node."""
    request, node = check.http, next((t.ip for t in lb.leaves() if t.ip), None)
    if request is None or node is None:
        return ()
    scheme = "https" if check.protocol == "https" or request.tls else "http"
    host = f"[{node}]" if ":" in node else node
    named = (
        f"-H {quote(f'Host: {request.domain}')}" if request.domain else "-H Host:",
    )
    url = quote(f"{scheme}://{host}:{check.port}{request.path}")
    send = NextStep(
        text="To see the rejected status, also after the change, log in to a node and"
        " send the request of the old health check."
        f" {accepted(request.status_codes)} {WITHOUT_STATUS}",
        command=on_node(status_of(url, "-k", *named)),
    )
    return (send,)


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer's health check rejects the ingress's response",
    assess=assess,
    next_steps=next_steps,
    explains=("lb-no-healthy-target",),
)
