"""Answers: what the load balancer itself responded, and which requests passed it.

In: a scene. Out: the load balancer's own response, proof that a request passed it, or
the words for what is missing. It does not: conclude. Its configuration and health are
in `balancer`.
"""

from parallax.evidence import balancer, logs, users
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import HealthStatus
from parallax.model.probe import (
    AS_A_USER,
    AT_THE_BALANCER,
    AT_THE_INGRESS,
    FOR_THE_TARGET,
    ErrorType,
    Probe,
    Role,
)

CONNECT_ATTEMPT = 0.5
"""Seconds. Without a usable target HAProxy responds 503 at once; after failed attempts
to connect it responds later. Hetzner does not publish its own timers."""

AFTER_CONNECTING = (502, 504)
"""What the load balancer responds if it could connect to a target."""

NO_TARGET_STATUS = 503
"""Status without a healthy target (hcloud-cloud-controller-manager, PR 354)."""

OWN_STATUSES = frozenset({400, 408, 500, 502, 503, 504})
"""Statuses that a load balancer writes itself. It has no rules for hosts or users, so
it never writes 401, 403 or 404."""


@reading
def reached_ingress(scene: Scene) -> str | None:
    """Return the proof that a request of this run reached an ingress; else None."""
    seen = logs.sightings(scene, *FOR_THE_TARGET, Role.UNKNOWN_HOST)
    if seen:
        return f"an external request reached the ingress on {seen[0].node}"
    return _answered_by(scene, "ingress")


@reading
def request_passed(scene: Scene) -> str | None:
    """Return the proof that a request of this run passed the balancer; else None."""
    if found := reached_ingress(scene) or _answered_by(scene, "pod"):
        return found
    if any(p.healthy for p in users.outside(scene, Role.DIRECT)):
        return "the load balancer's own address responds successfully"
    # A cache may hold a good response; without one it came through the balancer.
    requests = () if scene.target.reached.cdn else users.outside(scene, *AS_A_USER)
    succeeded = sum(p.healthy for p in requests)
    return f"{of(succeeded, len(requests))} requests succeeded" if succeeded else None


def _answered_by(scene: Scene, hop: str) -> str | None:
    # A CDN's own page may look like any other; bypassing the CDN excludes it.
    requests = () if scene.target.reached.cdn else FOR_THE_TARGET
    for probe in users.outside(scene, *requests, *AT_THE_BALANCER):
        author = users.written_by(probe)
        if balancer.reached_other_machine(scene, probe):
            continue
        if _hop(probe) == hop and author.how != "replayed":
            return (
                f"{author.writer} responded {probe.status_code} to"
                f" the {probe.role.value} probe"
            )
    return None


def _hop(probe: Probe) -> str:
    """Return the hop that responded; HAProxy with an unusual status is an ingress."""
    hop = users.written_by(probe).hop
    return (
        "ingress"
        if hop == "load-balancer" and probe.status_code not in OWN_STATUSES
        else hop
    )


def wrote_response(scene: Scene, probe: Probe) -> bool:
    """Return whether the load balancer wrote the response itself.

    A tcp service writes no HTTP. If an ingress logged the request with this status, the
    load balancer only forwarded the page, and an HAProxy in the cluster wrote it. The
    same holds for a status that needs rules, and may hold for a page that internal
    probes also get from the ingress.
    """
    if not _speaks_http(scene) or not _has_its_marks(probe):
        return False
    return not logs.logged_status(scene, probe) and not _perhaps_the_ingress(
        scene, probe
    )


def forwarded_response(scene: Scene, probe: Probe) -> bool:
    """Return whether the load balancer certainly did not write the response.

    Load balancer and ingress may write the same page. Then the ingress log decides, or
    the unknown-host probe: a different response to it comes from behind the balancer.
    """
    if not _speaks_http(scene) or not _has_its_marks(probe):
        return True
    others = users.outside(scene, Role.UNKNOWN_HOST)
    behind = any(p.status_code and not _has_its_marks(p) for p in others)
    return logs.logged_status(scene, probe) or (
        behind and not wrote_response(scene, probe)
    )


def _has_its_marks(probe: Probe) -> bool:
    own = probe.status_code in OWN_STATUSES
    return own and users.written_by(probe).hop == "load-balancer"


def _perhaps_the_ingress(scene: Scene, probe: Probe) -> bool:
    """Return whether ingress and balancer may both have written this page.

    An HAProxy ingress writes the same page, as internal probes show. The balancer wrote
    it if no target is healthy, if the unknown-host probe also gets the page, or if no
    ingress log contains a failing request.
    """
    internal_probes = scene.inside(*AT_THE_INGRESS, Role.INGRESS_POD)
    alike = [p for p in internal_probes if p.status_code == probe.status_code]
    if not any(map(_has_its_marks, alike)):
        return False
    none_healthy = not balancer.count_with_health(scene, HealthStatus.HEALTHY)
    refused = any(map(_has_its_marks, users.outside(scene, Role.UNKNOWN_HOST)))
    was_read = balancer.service.maybe(scene) is not None

    return not ((was_read and none_healthy) or refused or logs.all_read(scene))


def _speaks_http(scene: Scene) -> bool:
    service = balancer.service.maybe(scene)
    return service is None or service.protocol != "tcp"


def responded_directly(scene: Scene) -> bool:
    """Return whether the load balancer itself responded to a direct probe.

    Then a request that passed it contradicts this; it is not a refutation.
    """
    return any(wrote_response(scene, p) for p in users.failing(scene, Role.DIRECT))


def failed_to_connect(scene: Scene) -> bool:
    """Return whether the balancer's own response to a direct probe hides a connection.

    It responds 502 or 504 only after it has connected to a target.
    """
    return any(
        wrote_response(scene, p) and p.status_code not in AFTER_CONNECTING
        for p in users.failing(scene, Role.DIRECT)
    )


@reading
def own_response(scene: Scene) -> str:
    """Return what the load balancer itself responded to a failing request.

    That is its own page, or on a tcp service a connection closed without a response.
    A 503 from its own address without marks of another writer counts too, since
    Hetzner does not document its page. If most users cannot connect at all, the
    response to others does not explain that.
    """
    return _response(scene, marked=False)


@reading
def marked_response(scene: Scene) -> str:
    """Return the same as `own_response`, but only for a response with its own marks."""
    return _response(scene, marked=True)


def _response(scene: Scene, *, marked: bool) -> str:
    if no_connection := users.without_connection(scene):
        raise Missing(f"a response to users ({no_connection})")
    for probe in users.failing(scene, Role.DIRECT, *AS_A_USER, Role.CACHE_BUSTER):
        to, status = f"the {probe.role.value} probe", probe.status_code
        if wrote_response(scene, probe) and not balancer.reached_other_machine(
            scene, probe
        ):
            return _own_text(scene, probe)
        if not balancer.was_sent_to_balancer(scene, probe):
            continue
        if probe.error_type is ErrorType.CONNECTION_CLOSED:
            return f"the load balancer closed the connection of {to} without a response"
        if not marked and _unmarked(scene, probe):
            return f"the load balancer's address responded {status} to {to}"
    raise Missing("a response written by the load balancer itself")


def _own_text(scene: Scene, first: Probe) -> str:
    """Return how many failing user requests got the load balancer's own page.

    If none did, as behind a CDN, the text is about the first probe that got it.
    """
    failed = users.failing(scene, *AS_A_USER)
    own = [p for p in failed if wrote_response(scene, p)]
    own = [p for p in own if not balancer.reached_other_machine(scene, p)]
    took = min(p.phases.processing or 0 for p in own or [first])
    after = f", after {took:.1f} s" if took >= CONNECT_ATTEMPT else ""
    if not own:
        to = f"the {first.role.value} probe"
        return f"the load balancer itself responded {first.status_code} to {to}{after}"
    codes = ", ".join(map(str, sorted({p.status_code or 0 for p in own})))
    share = "all " if len(own) == len(failed) else f"{len(own)} of "
    responses = "response" if len(failed) == 1 else "responses"
    count = "the only" if len(failed) == 1 else f"{share}{len(failed)}"
    return (
        f"the load balancer itself wrote {count} failing {responses} ({codes}){after}"
    )


def _unmarked(scene: Scene, probe: Probe) -> bool:
    """Return whether a response is a 503 without marks, from an http service."""
    unclaimed = users.written_by(probe).hop == "unknown"
    return _speaks_http(scene) and unclaimed and probe.status_code == NO_TARGET_STATUS
