"""Logs: what the ingress log says of our outside requests, and whether it was read.

In: a scene. Out: its lines that prove something; whether a missing line tells.
It does not: conclude from a line that is not there.
A log says nothing where a node has no agent, or where the controller writes no request
id of ours: then a request that certainly passed is not in it either.
Source: reference signatures.md, section 2.
"""

from parallax.evidence import nodes, pods, users
from parallax.evidence.reading import reading
from parallax.evidence.scene import Scene
from parallax.model.cluster import Endpoint, Sighting
from parallax.model.probe import Probe, Role

AMBIGUOUS = (502, 504)
"""nginx logs these as upstream status also when no upstream answered."""


def sightings(scene: Scene, *roles: Role) -> tuple[Sighting, ...]:
    """Return the ingress log's lines of outside probes with these roles."""
    return scene.sightings_of(*users.outside(scene, *roles))


def pod_answers(scene: Scene) -> tuple[Sighting, ...]:
    """Return the sightings that prove that a pod itself answered a failing probe.

    A pod of the target's own Service: the ingress also asks a default backend, for
    a host it does not know or a status it replaces. Endpoints unread: none.
    """
    places = {place(e) for e in pods.known_endpoints(scene)}
    return tuple(
        s
        for s in upstream_answers(scene)
        if s.upstream_address in places
        or (s.upstream_address or "").rpartition(":")[0] in places
    )


def place(endpoint: Endpoint) -> str:
    """Return an endpoint as nginx logs it, e.g. `10.42.0.7:8080` or `[fd00::7]:8080`.

    Without a port the address alone.
    """
    v6 = ":" in endpoint.address
    address = f"[{endpoint.address}]" if v6 else endpoint.address
    return address if endpoint.port is None else f"{address}:{endpoint.port}"


def upstream_answers(scene: Scene) -> tuple[Sighting, ...]:
    """Return the sightings of failing probes that any upstream itself answered."""
    probes = {p.request_id: p for p in users.failing(scene, *users.FOR_THE_TARGET)}
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
    """Return the sightings of failing probes that the ingress answered itself, 503."""
    return tuple(
        s
        for s in scene.sightings_of(*users.failing(scene, *users.FOR_THE_TARGET))
        if s.upstream_address is None and s.status_code == 503  # noqa: PLR2004 - HTTP's number
    )


def followed_nodes(scene: Scene) -> tuple[str, ...]:
    """Return the nodes whose ingress log was read just now, since the failure began.

    Only there does a line that is missing say anything.
    """
    since = scene.failing_since
    found: list[str] = []
    for report in scene.live_reports:
        if report.log_read_at is None:
            continue
        at = report.outside_time(report.log_read_at)
        old = scene.taken_at - at > report.patience
        if not old and (since is None or at >= since):
            found.append(report.node)
    return tuple(found)


def caught_up(scene: Scene, *roles: Role) -> dict[str, bool | None]:
    """Say of each live agent whether it read its log since the last failing request.

    By the agent's node, of requests with these roles; None: it follows no log.
    """
    last = max((p.started_at for p in users.failing(scene, *roles)), default=None)
    return {
        report.node: None
        if report.log_read_at is None
        else last is None or report.outside_time(report.log_read_at) >= last
        for report in scene.live_reports
    }


def node_of(scene: Scene, upstream: str | None) -> str | None:
    """Return the node of the Service's endpoint that nginx logged; None: not known."""
    for endpoint in pods.known_endpoints(scene):
        if upstream is not None and upstream in {place(endpoint), endpoint.address}:
            return endpoint.node
    return None


def got_no_response(line: Sighting) -> bool:
    """Say whether the last pod tried gave no answer: 502 or 504, length 0.

    With custom-http-errors a pod's own 502 is logged so too; then the page is not
    the ingress's.
    """
    return line.upstream_status in AMBIGUOUS and line.upstream_response_length == 0


def gave_up(line: Sighting) -> bool:
    """Say whether whoever asked went away while a pod was waited for: 499."""
    client_closed = 499
    waiting = line.upstream_address is not None and line.upstream_status is None
    return waiting and line.status_code == client_closed


def no_pod_responded(scene: Scene) -> str | None:
    """Say that no pod answered any failing request the log shows; None: not shown."""
    probes = {p.request_id: p for p in users.failing(scene, *users.FOR_THE_TARGET)}
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
    return f"ingress log: no pod answered any of {len(lines)} failing requests"


def logged_status(scene: Scene, probe: Probe) -> bool:
    """Say whether an ingress logged this request with the status that came out."""
    lines = scene.sightings_of(probe)
    return any(line.status_code == probe.status_code for line in lines)


@reading
def all_read(scene: Scene) -> bool:
    """Say whether every ingress log was read since the last failing user request.

    A node that runs no ingress pod has no such log.
    """
    read, wanted = caught_up(scene, *users.AS_A_USER), _logging(scene)
    all_read = False not in read.values() and all(read.get(n) for n in wanted)
    return bool(wanted) and all_read and not _misses_a_good_one(scene)


def _logging(scene: Scene) -> frozenset[str]:
    """Return the nodes with an ingress pod; not known: every node that is known."""
    at = nodes.ingress_nodes(scene)
    if at is not None:
        return at
    all_nodes = scene.cluster.nodes if scene.cluster else None
    speaking = {report.node for report in scene.live_reports}
    return frozenset(speaking.union(n.name for n in all_nodes or ()))


def _misses_a_good_one(scene: Scene) -> bool:
    """Say whether no well answered request, which the ingress passed on, has a line.

    A good answer of the balancer's own address did not come from a cache before it.
    Asked where some users are served: if none is, all are missing for one reason.
    """
    requests = users.outside(scene, *users.AS_A_USER)
    if not any(p.healthy for p in requests):
        return False
    past = users.outside(scene, *users.AT_THE_BALANCER)
    asked = past if scene.target.reached.cdn else (*past, *requests)
    well = [p for p in asked if p.healthy]
    return bool(well) and not scene.sightings_of(*well)
