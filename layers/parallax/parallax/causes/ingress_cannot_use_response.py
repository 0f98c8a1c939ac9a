"""The ingress reaches the pods, but cannot use their responses.

Meaning: the ingress sends a request to a ready pod and gives up what comes back: the
response's header is larger than its buffer, the pod speaks another protocol than the
ingress expects, or the pod closes a connection that the ingress kept open. It responds
502 itself.

Impact: requests whose response is affected fail. A header that is too large often
affects only some paths or some users (cookies after a login). A closed connection
affects a share of all requests.

Diagnosis: most failing users get the ingress's own 502. Its log shows the pod that it
used, and no byte of a response from it. The same pods respond to internal probes,
sent from their own nodes and from other nodes since the failure began. So neither the
pods nor the network between nodes is at fault. If the ingress gave up at once in half
of its lines, it stays open whether it connected at all.

Neighbors: with `pod-refuses-connection` and `overlay-between-nodes-broken` internal
probes of the pods fail. With `pod-answers-error` the log has the length of a pod's
response. With `pod-too-slow` the ingress responds 504.

Mitigation: read the reason in the controller's error log. Raise `proxy-buffer-size`,
correct `backend-protocol`, or let the app keep connections open for longer than the
ingress does.

Source: nginx `ngx_http_upstream.c` (upstream sent too big header, prematurely closed
connection), `proxy_buffer_size`; ingress-nginx, annotations (backend-protocol,
proxy-buffer-size) and ConfigMap (upstream-keepalive-timeout); ingress-nginx 7946
(too big header), 11244, 10987 and 3099 (closed connections).
"""

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.error_log_steps import error_log_steps
from parallax.evidence import (
    impact,
    ingress,
    inside,
    logs,
    pods,
    server_names,
    users,
)
from parallax.evidence.reading import Hidden, Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, Probe, Role

ID = "ingress-cannot-use-response"
BAD_GATEWAY = 502
AT_ONCE = 0.001
"""Seconds; nginx logs milliseconds. A refused connection takes no longer."""


def assess(scene: Scene) -> Assessment:
    """Check whether the ingress gave up good responses of the pods."""
    requests = users.failed(scene)
    if never := users.never_connected(scene):
        raise Hidden("a request that reached the ingress", evidence=(never,))
    if not pods.ready(pods.endpoints(scene)) or pods.without_port(scene):
        raise Hidden("a pod that the ingress uses", evidence=(pods.unused_text(scene),))
    gave = [p for p in requests if p.status_code == BAD_GATEWAY]
    if not gave and all(p.status_code is not None for p in requests):
        return refuted(ID, f"none of {len(requests)} failing responses is a 502")
    if dead := _no_response_at_home(scene):
        return refuted(ID, dead)
    if 2 * len([p for p in gave if _of_the_ingress(scene, p)]) <= len(requests):
        raise Missing("a 502 written by the ingress itself for most failing users")
    lines = _given_up(scene)
    if lines is None:
        return refuted(ID, "a pod's response, or none at all, is in the ingress log")
    share = f"{logs.share_text(scene)}; it got no usable response from a pod"
    last = lines[-1]
    with evidence_so_far(f"{share}, e.g. {last.upstream_address}"):
        respond = _they_respond(scene, lines)
        with evidence_so_far(respond):
            _is_steady(scene)
            impact.end_at_ingress(scene, BAD_GATEWAY, logged=True)
    return supported(
        ID,
        f"the ingress responds 502 itself, although {respond}",
        f"{share}, e.g. {last.upstream_address} (log of {last.node})",
        *_settings(scene),
    )


def _of_the_ingress(scene: Scene, probe: Probe) -> bool:
    """Return whether a 502 is the ingress's own, by its page or by its log.

    A CDN replaces the page, and the log line shows the ingress's status.
    """
    author = users.written_by(probe).hop
    logged = author != "pod" and logs.logged_status(scene, probe)
    return ingress.wrote_page(probe) or logged


def _no_response_at_home(scene: Scene) -> str | None:
    """Return that no pod responds to its own node: there is no good response."""
    local = pods.from_own_node(scene)
    if not local or any(p.status_code is not None for p in local):
        return None
    return f"none of {len(local)} probes of pods from their own nodes got a response"


def _given_up(scene: Scene) -> tuple[Sighting, ...] | None:
    """Return the log lines of failing users without a usable response of a pod.

    None: the log shows another end of these requests. Raises `Missing`.
    """
    requests = users.failing(scene, *AS_A_USER)
    seen = scene.sightings_of(*requests)
    if not seen:
        raise Missing("an ingress log line of a failing request")
    places = {logs.place(e) for e in pods.known_endpoints(scene) if e.ready}
    places |= _of_the_service(scene)
    given_up = tuple(s for s in seen if logs.got_no_response(s))
    if not given_up and any(map(_ends_unknown, seen)):
        raise Missing(
            "how the responses of the pods ended, which this log does not show"
        )
    if not given_up or logs.pod_answers(scene):
        return None
    if 2 * len({s.request_id for s in given_up}) <= len(requests):
        raise Missing("ingress log lines of most failing requests")
    own = [
        s.upstream_address in places or server_names.of_the_service(scene, s)
        for s in given_up
    ]
    if not all(own):
        raise Missing("why the ingress uses an address without a ready endpoint")
    times = [s.upstream_response_time for s in given_up]
    later = sum((t or 0) > AT_ONCE for t in times)
    at_once = 2 * later <= len(times)
    if None in times or (at_once and not _connects(scene, given_up)):
        raise Missing("whether the ingress got a connection to the pods at all")
    return given_up


def _ends_unknown(line: Sighting) -> bool:
    """Return whether a log line leaves it open if a pod wrote its 502.

    Traefik logs no length. Of HAProxy's line, older agents read no status.
    """
    known = None not in {line.upstream_status, line.upstream_response_length}
    used = line.upstream_address is not None
    return used and not known and line.status_code == BAD_GATEWAY


def _of_the_service(scene: Scene) -> set[str]:
    """Return the Service's own address with each port, for `service-upstream`."""
    service = inside.cluster(scene).service
    ports = service.ports if service and service.cluster_ip else ()
    return {f"{service.cluster_ip}:{p.port}" for p in ports if service}


def _connects(scene: Scene, given_up: tuple[Sighting, ...]) -> bool:
    """Return whether the same pods serve other requests, and none has restarted.

    Then the ingress connects to them: a connection that it kept open was closed.
    """
    served = [p for p in users.outside(scene, *AS_A_USER) if p.healthy]
    addresses = {s.upstream_address for s in scene.sightings_of(*served)}
    restarts = [p.restarts for p in inside.cluster(scene).pods or ()]
    used = {s.upstream_address for s in given_up}
    return used <= addresses and not any(restarts)


def _they_respond(scene: Scene, lines: tuple[Sighting, ...]) -> str:
    """Return that the pods respond well to probes, from other nodes too."""
    probes = scene.inside(Role.POD)
    if not probes:
        raise Missing(f"an internal probe of a pod ({pods.why_not_probed(scene)})")
    well = [p for p in probes if p.healthy]
    share = f"{of(len(well), len(probes))} internal probes of pods succeed"
    if len(well) < len(probes):
        raise Missing("why a pod does not respond well to its probe", evidence=(share,))
    asked = {_place(p) for p in (*well, *_healthy_at_the_service(scene))}
    if not _used(scene, lines) <= asked:
        raise Missing("an internal probe of each pod that the ingress used")
    nodes = inside.cluster(scene).nodes
    if not pods.from_other_nodes(scene) and len(nodes or "many") > 1:
        raise Missing("probes of the pods from other nodes")
    return f"all {len(probes)} internal probes of its pods succeed"


def _used(scene: Scene, lines: tuple[Sighting, ...]) -> set[str | None]:
    """Return the places of the pods that the ingress used.

    If the log has only names of servers, that may be each ready one.
    """
    named = [s for s in lines if server_names.is_name(s)]
    ready = [e for e in pods.known_endpoints(scene) if e.ready] if named else []
    rest = {s.upstream_address for s in lines if s not in named}
    return rest | {logs.place(e) for e in ready}


def _healthy_at_the_service(scene: Scene) -> tuple[Probe, ...]:
    return tuple(p for p in scene.inside(Role.SERVICE) if p.healthy)


def _place(probe: Probe) -> str:
    """Return a probe's address and port, as nginx logs an upstream."""
    address = probe.peer_address or ""
    return f"{f'[{address}]' if ':' in address else address}:{probe.peer_port}"


def _is_steady(scene: Scene) -> None:
    """Raise `Missing` if pods came or went during the failure: that explains a 502."""
    cluster, since = inside.cluster(scene), scene.failing_since
    changed = cluster.endpoints_changed_at
    report = next(r for r in scene.live_reports if r.reading is cluster)
    if changed and since and report.outside_time(changed) >= since:
        raise Missing("whether the pods ended while they responded")


def _settings(scene: Scene) -> tuple[str, ...]:
    """Return the settings of the Ingress and its controller that decide about it."""
    cluster = inside.cluster(scene)
    names = ("proxy-buffer-size", "backend-protocol", "upstream-keepalive-timeout")
    return tuple(
        f"{name.rpartition('/')[2]} is {value}"
        for name, value in (
            *cluster.ingress_annotations,
            *(cluster.ingress_config or ()),
        )
        if name.rpartition("/")[2] in names
    )


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return where the controller writes the reason, and what each reason needs."""
    requests = users.failing(scene, *FOR_THE_TARGET)
    cluster = inside.cluster(scene)
    return error_log_steps(
        controller=ingress.service_name(scene).partition("/")[0],
        pod=next((s.pod for s in scene.sightings_of(*requests) if s.pod), None),
        namespace=pods.service_name(scene).partition("/")[0],
        name=(cluster.ingress_name or "NAME").rpartition("/")[2],
        given=dict(cluster.ingress_annotations) if cluster.ingress_name else None,
    )


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="The ingress cannot use the pods' responses",
    assess=assess,
    next_steps=next_steps,
)
