"""Content: why the health check dislikes what the ingress rightly answers.

In: a scene. Out: Hetzner's words for failed health checks, and what configuration
says of their content. It does not: conclude.
Source: reference hetzner.md, sections 1 and 4.
"""

from parallax.evidence import balancer, nodes, proxy_protocol
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthCheck
from parallax.model.cluster import ServicePort

NO_CONNECTION = {"layer4_timeout", "layer4_no_connection"}
"""Hetzner's words for a health check that got no connection."""
REJECTED = {"unexpected_http_status", "unexpected_http_content"}
"""Hetzner's words for a health check that got an answer and did not like it."""
HEALTHZ = "/healthz"
"""Where ingress-nginx's default server answers 200 to any Host."""
BAD_REQUEST = 400
BROKEN = 500
"""Statuses from here on are errors, and no right answer to a wrong question."""
NOT_FOUND = "404"
MOST_HOSTS = 200
"""As many hosts a reading holds at most (`ClusterReading.ingress_hosts`)."""


def failure_reasons(scene: Scene) -> set[str]:
    """Return Hetzner's words for the failed health checks; older readings hold none."""
    return {seen.detail for seen in balancer.failure_details(scene) if seen.detail}


def every_target_has_a_reason(scene: Scene) -> bool:
    """Say whether Hetzner tells of each target why its health check fails."""
    return 0 < len(balancer.health(scene)) <= len(balancer.failure_details(scene))


def rejection(scene: Scene) -> str | None:
    """Say why the health check dislikes what the ingress rightly answers; None: not.

    By Hetzner's word, or by configuration: it meets the default backend's 404, or
    the wrong one of http and https.
    """
    service, cluster = balancer.service.maybe(scene), scene.cluster
    ingress = cluster.ingress_service if cluster else None
    if service is None or ingress is None or service.health_check.protocol == "tcp":
        return None
    check = service.health_check
    port = next((p for p in ingress.ports if p.node_port == check.port), None)
    if port is None:
        return None
    said = failure_reasons(scene)
    if said and said <= REJECTED and every_target_has_a_reason(scene):
        codes = {
            seen.health_check_status_code for seen in balancer.failure_details(scene)
        }
        if any(code is not None and code >= BROKEN for code in codes):
            return None  # an error is rightly rejected, whoever says it
        unsettled = service.proxyprotocol and proxy_protocol.wanted.maybe(scene) is None
        if unsettled and BAD_REQUEST in codes:
            return None  # it may be the balancer's PROXY line that is refused
        got = ", ".join(sorted(str(code) for code in codes if code))
        answer = f"gets {got}" if got else "gets a text that it does not want"
        return f"Hetzner says {min(said)}: the health check {answer}"
    if said - REJECTED:
        return None
    return _speaks_wrongly(check, port) or _meets_nobody(scene, check)


def _speaks_wrongly(check: HealthCheck, port: ServicePort) -> str | None:
    """Say that it asks http at the ingress's https port, or the other way round."""
    tls = port.name == "https" or port.port == 443  # noqa: PLR2004 - https' number
    plain = port.name == "http" or port.port == 80  # noqa: PLR2004 - http's number
    if check.protocol == "https" and plain:
        return f"the health check speaks https at :{check.port}, which is plain http"
    if check.protocol == "http" and tls and not (check.http and check.http.tls):
        return f"the health check speaks plain http at :{check.port}, which is https"
    return None


def _meets_nobody(scene: Scene, check: HealthCheck) -> str | None:
    """Say that it asks for a host that no Ingress serves, and does not want 404."""
    hosts = scene.cluster.ingress_hosts if scene.cluster else None
    asks = check.http
    if len(hosts or ()) >= MOST_HOSTS or not nodes.fully_read(scene, "ingress_hosts"):
        return None  # the one that is asked for may be among those not read
    if asks is None or not hosts or asks.path.startswith(HEALTHZ):
        return None
    if not any(_serves(host, scene.target.host) for host in hosts):
        return None  # users' own host is not among them: other rules were not read
    if any(_accepts(code) for code in asks.status_codes):
        return None
    if any(_serves(host, asks.domain or "") for host in hosts):
        return None
    what = f"for {asks.domain}, which" if asks.domain else "without a Host, which"
    wants = ", ".join(asks.status_codes) or "2??, 3??"
    return (
        f"the health check asks {asks.path} {what} no Ingress serves: the default"
        f" backend's 404 is not in {wants}"
    )


def _accepts(code: str) -> bool:
    """Say whether a status pattern such as `4??` or `*` takes 404."""
    if "*" in code:
        return NOT_FOUND.startswith(code.partition("*")[0])
    return len(code) == len(NOT_FOUND) and all(
        want in {"?", got} for want, got in zip(code, NOT_FOUND, strict=True)
    )


def _serves(host: str, asked: str) -> bool:
    """Say whether an Ingress's host takes a request; "" and "*" take any."""
    if host in {"", "*"}:
        return True
    if host.startswith("*."):
        return asked.endswith(host[1:])
    return host == asked
