"""Logs: the ingress log's lines of our external requests, and whether it was read.

In: a scene. Out: log lines that prove something; whether a missing line means anything.
It does not: conclude from a line that is not there.
A missing line means nothing on a node without an agent, or if the controller does not
log our request ids: then the lines of forwarded requests are missing too.
Source: nginx `ngx_http_upstream_module` variables; ingress-nginx log-format.
"""

import re

from parallax.evidence import nodes, pods, server_names, users
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.cluster import Endpoint, Sighting
from parallax.model.freshness import is_current, is_not_before
from parallax.model.probe import AS_A_USER, AT_THE_BALANCER, FOR_THE_TARGET, Probe, Role

_NGINX = re.compile(r"(?!upstream-default-backend)[a-z0-9][a-z0-9-]*-[a-z0-9]+")
AMBIGUOUS = (502, 504)
"""nginx logs these as upstream status even if no upstream responded."""
SUCCESS = 2
"""The first digit of HTTP's successful statuses."""


def sightings(scene: Scene, *roles: Role) -> tuple[Sighting, ...]:
    """Return the ingress log's lines of external probes with these roles."""
    return scene.sightings_of(*users.outside(scene, *roles))


def pod_answers(scene: Scene) -> tuple[Sighting, ...]:
    """Return the sightings that prove that a pod itself responded with an error.

    Only pods of the target's own Service count, by address or by the backend's name.
    The ingress also uses a default backend, for an unknown host or for a status it
    replaces. Without a reading of the endpoints the result is empty. A success, or a
    status that the target's owner expects, whose rest was lost on the way or whose text
    does not fit the target's rule, is not an error of the pod.
    """
    places = {place(e) for e in pods.known_endpoints(scene)}
    return tuple(
        s
        for s in upstream_answers(scene)
        if not is_expected(scene, s.upstream_status)
        and (
            s.upstream_address in places
            or (s.upstream_address or "").rpartition(":")[0] in places
            or (places and server_names.of_the_service(scene, s))
        )
    )


def is_success(status_code: int | None) -> bool:
    """Return whether a status reports a success (2xx)."""
    return status_code is not None and status_code // 100 == SUCCESS


def is_expected(scene: Scene, status_code: int | None) -> bool:
    """Return whether a status is a success, or one that the target's owner expects."""
    expected = scene.target.healthy.status_codes
    return is_success(status_code) or status_code in expected


def place(endpoint: Endpoint) -> str:
    """Return an endpoint as nginx logs it, e.g. `10.42.0.7:8080` or `[fd00::7]:8080`.

    Without a port: only the address.
    """
    v6 = ":" in endpoint.address
    address = f"[{endpoint.address}]" if v6 else endpoint.address
    return address if endpoint.port is None else f"{address}:{endpoint.port}"


def upstream_answers(scene: Scene) -> tuple[Sighting, ...]:
    """Return the sightings of failing probes to which any upstream responded."""
    probes = {p.request_id: p for p in users.failing(scene, *FOR_THE_TARGET)}
    return tuple(
        s
        for s in scene.sightings_of(*probes.values())
        if s.upstream_address is not None
        and s.upstream_status is not None
        and s.upstream_status == probes[s.request_id].status_code
        and (
            s.upstream_status not in AMBIGUOUS or (s.upstream_response_length or 0) > 0
        )
    )


def without_upstream(scene: Scene) -> tuple[Sighting, ...]:
    """Return the sightings of failing probes with 503 and without an upstream."""
    return tuple(
        s
        for s in scene.sightings_of(*users.failing(scene, *FOR_THE_TARGET))
        if s.upstream_address is None and s.status_code == 503  # noqa: PLR2004 - HTTP's number
    )


def of_another_service(scene: Scene) -> str | None:
    """Return the upstream's name if every 503 without one names another Service.

    ingress-nginx names an upstream `namespace-service-port`; other controllers have
    other forms, which are not compared.
    """
    service = scene.cluster.service if scene.cluster else None
    named = [s.upstream_name for s in without_upstream(scene)]
    if service is None or not named:
        return None
    own = f"{service.namespace}-{service.name}-"
    foreign = [n for n in named if n and _NGINX.fullmatch(n) and not n.startswith(own)]
    return foreign[0] if len(foreign) == len(named) else None


def followed_nodes(scene: Scene) -> tuple[str, ...]:
    """Return the nodes whose ingress log was read recently, since the failure began.

    Only there does a missing line mean anything.
    """
    since = scene.failing_since
    found: list[str] = []
    for report in scene.live_reports:
        if report.log_read_at is None:
            continue
        at = report.outside_time(report.log_read_at)
        if is_current(at, scene.taken_at, since, report.patience):
            found.append(report.node)
    return tuple(found)


def caught_up(scene: Scene, *roles: Role) -> dict[str, bool | None]:
    """Return by node whether its agent read its log after the last failing request.

    Of live agents and requests with these roles; None: the agent follows no log.
    """
    last = max((p.started_at for p in users.failing(scene, *roles)), default=None)
    return {
        report.node: None
        if report.log_read_at is None
        else is_not_before(report.outside_time(report.log_read_at), last)
        for report in scene.live_reports
    }


def node_of(scene: Scene, upstream: str | None) -> str | None:
    """Return the node of the endpoint that nginx logged as upstream; None: no match."""
    for endpoint in pods.known_endpoints(scene):
        if upstream is not None and upstream in {place(endpoint), endpoint.address}:
            return endpoint.node
    return None


def got_no_response(line: Sighting) -> bool:
    """Return whether the last upstream did not respond: 502 or 504, length 0.

    With custom-http-errors nginx logs a pod's own 502 the same way; then the page is
    not the ingress's.
    """
    return line.upstream_status in AMBIGUOUS and line.upstream_response_length == 0


def gave_up(line: Sighting) -> bool:
    """Return whether the client gave up while the ingress waited for a pod (499)."""
    client_closed = 499
    waiting = line.upstream_address is not None and line.upstream_status is None
    return waiting and line.status_code == client_closed


def no_pod_responded(scene: Scene) -> str | None:
    """Return that no pod responded to any logged failing request; None: not shown."""
    probes = {p.request_id: p for p in users.failing(scene, *FOR_THE_TARGET)}
    lines = scene.sightings_of(*probes.values())
    if not lines or not all(
        line.upstream_address is None
        or (
            got_no_response(line)
            and users.written_by(probes[line.request_id]).hop == "ingress"
        )
        for line in lines
    ):
        return None
    if not scene.sightings_of(*users.failing(scene, *AS_A_USER)):
        others = f"{len(lines)} failing requests that bypass DNS or caches"
        return f"ingress log: no pod responded to any of {others}"
    return f"{share_text(scene)}; no pod responded to any of them"


def share_text(scene: Scene) -> str:
    """Return e.g. `the ingress log contains 9 of 11 failing requests`.

    Of those that were sent as a user does.
    """
    requests = users.failing(scene, *AS_A_USER)
    found = {line.request_id for line in scene.sightings_of(*requests)}
    return f"the ingress log contains {len(found)} of {len(requests)} failing requests"


def logged_status(scene: Scene, probe: Probe) -> bool:
    """Return whether an ingress logged this request with the status the client got."""
    lines = scene.sightings_of(probe)
    return any(line.status_code == probe.status_code for line in lines)


@reading
def all_read(scene: Scene) -> bool:
    """Return whether every ingress log was read after the last failing user request.

    A node without an ingress pod has no such log.
    """
    read, needed = caught_up(scene, *AS_A_USER), _logging(scene)
    complete = False not in read.values() and all(read.get(n) for n in needed)
    return bool(needed) and complete and not _lacks_successful_request(scene)


def _logging(scene: Scene) -> frozenset[str]:
    """Return the nodes with an ingress pod; if not determined, every node."""
    at = nodes.ingress_nodes(scene)
    if at is not None:
        return at
    all_nodes = scene.cluster.nodes if scene.cluster else None
    reporting = {report.node for report in scene.live_reports}
    return frozenset(reporting.union(n.name for n in all_nodes or ()))


def _lacks_successful_request(scene: Scene) -> bool:
    """Return whether the log has no line of any successful, forwarded request.

    A successful response of the load balancer's own address did not come from a CDN.
    Checked only if some user requests succeed: if none does, the lines may be missing
    for the same reason.
    """
    requests = users.outside(scene, *AS_A_USER)
    if not any(p.healthy for p in requests):
        return False
    past = users.outside(scene, *AT_THE_BALANCER)
    candidates = past if scene.target.reached.cdn else (*past, *requests)
    successful = [p for p in candidates if p.healthy]
    return bool(successful) and not scene.sightings_of(*successful)
