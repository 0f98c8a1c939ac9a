"""Content: why the health check rejects a correct response of the ingress.

In: a scene. Out: the reasons that the Hetzner API reports for failed health checks, and
what the configuration shows. It does not: conclude.
Source: Hetzner Cloud API, load balancers: `health_check`, `health_status.detail`.
"""

from collections.abc import Iterable

from parallax.evidence import (
    balancer,
    ingress,
    inside,
    nodes,
    proxy_protocol,
    route_kinds,
    way_in,
)
from parallax.evidence.scene import Scene
from parallax.model.balancer import HealthCheck
from parallax.model.cluster import ServicePort

NO_CONNECTION = {"layer4_timeout", "layer4_no_connection"}
"""The API's reasons for a health check that got no connection."""
REJECTED = {"unexpected_http_status", "unexpected_http_content"}
"""The API's reasons for a health check that rejected a response."""
HEALTHZ = "/healthz"
"""The path on which ingress-nginx's default server responds 200 for any Host."""
BAD_REQUEST = 400
BROKEN = 500
"""Statuses from here on are errors; a health check rightly rejects them."""
NOT_FOUND = "404"
MOST_HOSTS = 200
"""The maximum number of hosts in a reading (`ClusterReading.ingress_hosts`)."""


def failure_reasons(scene: Scene) -> set[str]:
    """Return the API's reasons for failed health checks; older readings have none."""
    return {seen.detail for seen in balancer.failure_details(scene) if seen.detail}


def every_target_has_a_reason(scene: Scene) -> bool:
    """Return whether the API reports for every target why its health check fails."""
    return 0 < len(balancer.health(scene)) <= len(balancer.failure_details(scene))


def error_behind(scene: Scene) -> int | None:
    """Return the error status that the health check gets from every target; or None.

    It is of the ingress or of what is behind it, and the check rightly rejects it.
    """
    codes = {s.health_check_status_code for s in balancer.failure_details(scene)}
    code = codes.pop() if len(codes) == 1 and every_target_has_a_reason(scene) else None
    return code if code is not None and code >= BROKEN else None


def rejection(scene: Scene) -> str | None:
    """Return why the health check rejects a correct response; None: it does not.

    Either the API reports the reason, or the configuration shows it: the health check
    gets the default backend's 404, or uses http where https is needed or vice versa.
    """
    service = balancer.service.maybe(scene)
    if service is None or _port(scene) is None:
        return None
    reported = failure_reasons(scene)
    if reported and reported <= REJECTED and every_target_has_a_reason(scene):
        codes = {
            seen.health_check_status_code for seen in balancer.failure_details(scene)
        }
        if any(code is not None and code >= BROKEN for code in codes):
            return None  # an error is rightly rejected, whoever wrote it
        unsettled = service.proxyprotocol and proxy_protocol.wanted.maybe(scene) is None
        if unsettled and BAD_REQUEST in codes:
            return None  # the ingress may reject the balancer's PROXY header
        got = ", ".join(sorted(str(code) for code in codes if code))
        what = f"status {got}" if got else "a body without the expected text"
        return f"Hetzner reports {min(reported)}: the health check receives {what}"
    if reported - REJECTED:
        return None
    return by_configuration(scene)


def _port(scene: Scene) -> ServicePort | None:
    """Return the ingress's port that an http or https check uses; None: no such one."""
    service, cluster = balancer.service.maybe(scene), scene.cluster
    ingress = cluster.ingress_service if cluster else None
    if service is None or ingress is None or service.health_check.protocol == "tcp":
        return None
    port = service.health_check.port
    of_nodes = balancer.is_port_of_nodes(ingress, port)
    ports = (p for p in ingress.ports if port == (p.port if of_nodes else p.node_port))
    return next(ports, None)


def by_configuration(scene: Scene) -> str | None:
    """Return the setting by which the health check fails, whatever the app responds."""
    service, port = balancer.service.maybe(scene), _port(scene)
    if service is None or port is None:
        return None
    check, own = service.health_check, inside.ingress_service(scene)
    if (
        balancer.is_port_of_nodes(own, check.port)
        and service.destination_port in own.node_ports
    ):
        return None  # whether a process on the nodes listens there is not known
    return _wrong_scheme(check, port) or _requests_unknown_host(scene, check)


def is_apart(scene: Scene, statuses: set[int]) -> bool:
    """Return whether the health check gets another response than the target's host.

    `statuses` is what the ingress responds for the target's host. Then an error of the
    target's backend is not why the health check fails.
    """
    service = balancer.service.maybe(scene)
    request = service.health_check.http if service else None
    if not statuses or request is None or rejection(scene) is None:
        return False
    codes = {s.health_check_status_code for s in balancer.failure_details(scene)}
    wrong = by_configuration(scene) is not None
    if not codes:
        return wrong and int(NOT_FOUND) not in statuses
    other = wrong or request.domain != scene.target.host
    return other and not codes & {None, *statuses}


def _wrong_scheme(check: HealthCheck, port: ServicePort) -> str | None:
    """Return that the health check uses http on an https port, or vice versa."""
    tls = port.name == "https" or port.port == 443  # noqa: PLR2004 - https' number
    plain = port.name == "http" or port.port == 80  # noqa: PLR2004 - http's number
    if check.protocol == "https" and plain:
        return f"the health check uses https on port {check.port}, which is plain http"
    if check.protocol == "http" and tls and not (check.http and check.http.tls):
        return f"the health check uses plain http on port {check.port}, which is https"
    return None


def _requests_unknown_host(scene: Scene, check: HealthCheck) -> str | None:
    """Return that the health check uses a host without an Ingress and rejects 404."""
    hosts = scene.cluster.ingress_hosts if scene.cluster else None
    request = check.http
    if len(hosts or ()) >= MOST_HOSTS or not nodes.fully_read(scene, "ingress_hosts"):
        return None  # the requested host may be among those that were not read
    if request is None or not hosts or request.path.startswith(HEALTHZ):
        return None
    if not _served(scene, hosts, scene.target.host):
        return None  # the target's own host is missing, so other rules were not read
    if any(_accepts(code) for code in request.status_codes):
        return None
    if _served(scene, hosts, request.domain or ""):
        return None
    if request.domain and route_kinds.unread(scene):
        return None  # a route of another kind may have the host
    host = f"host {request.domain}" if request.domain else "no host"
    accepted = ", ".join(request.status_codes) or "2??, 3??"
    return (
        f"the health check requests {request.path} with {host}, which no Ingress rule"
        f" matches; it accepts {accepted}, not the default backend's 404"
    )


def may_request_unknown_host(scene: Scene) -> bool:
    """Return whether the health check may rightly get a 404 that it rejects.

    It requests another host than the target's, and the hosts of the ingress were not
    all read. If Hetzner reports that it cannot connect, it got no 404.
    """
    service, cluster = balancer.service.maybe(scene), scene.cluster
    request = service.health_check.http if service else None
    if request is None or cluster is None or failure_reasons(scene):
        return False
    if request.domain == scene.target.host or request.path.startswith(HEALTHZ):
        return False
    if any(_accepts(code) for code in request.status_codes):
        return False
    no_list = cluster.ingress_hosts == ()
    return no_list or route_kinds.unread(scene) is not None


def other_than_probed(scene: Scene) -> str | None:
    """Return a doubt: the health check gets another response than the probes.

    With an HTTP check the content counts: the ingress may reject the PROXY header that
    the load balancer sends with it; an error is rightly rejected; and another port of
    the ingress may respond otherwise.
    """
    service = balancer.service.maybe(scene)
    reasons = failure_reasons(scene)
    if service is None or service.health_check.protocol == "tcp":
        return None
    if reasons and reasons <= NO_CONNECTION:
        return None
    if service.proxyprotocol and proxy_protocol.wanted.maybe(scene) is None:
        return "whether the ingress expects the PROXY header of the load balancer"
    port, probes = service.health_check.port, ingress.probes(scene)
    if any(p.peer_port == port for p in probes):
        return None
    codes = {s.health_check_status_code or 0 for s in balancer.failure_details(scene)}
    if max(codes, default=0) >= BROKEN:
        return f"why port {port} responds {max(codes)} to the health check"
    return None


def _accepts(code: str) -> bool:
    """Return whether a status pattern such as `4??` or `*` matches 404."""
    if "*" in code:
        return NOT_FOUND.startswith(code.partition("*")[0])
    return len(code) == len(NOT_FOUND) and all(
        want in {"?", got} for want, got in zip(code, NOT_FOUND, strict=True)
    )


def _served(scene: Scene, hosts: Iterable[str], requested: str) -> bool:
    """Return whether one of the rules' hosts matches a request's."""
    if any(way_in.matches(host, requested) for host in hosts):
        return True
    several = not route_kinds.only_ingresses(scene)
    wildcards = (host[1:] for host in hosts if host.startswith("*."))
    return several and requested.endswith(tuple(wildcards))
