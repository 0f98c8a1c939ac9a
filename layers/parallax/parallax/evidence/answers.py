"""Answers: what the balancer itself answered, and what shows that a request passed it.

In: a scene. Out: its own word, the trace of a request behind it, or the words for
what is missing. It does not: conclude. What a reading says of it: `balancer`.
"""

from parallax.evidence import balancer, inside, logs, users
from parallax.evidence.reading import Missing, reading
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import HealthStatus
from parallax.model.probe import ErrorType, Probe, Role

CONNECT_ATTEMPT = 0.5
"""Seconds; a balancer that knows of no target answers at once, one that tries to
connect takes its time (signatures.md 3.1; Hetzner's own timers are not known)."""

NO_TARGET_STATUS = 503
"""What an http service answers without a healthy target (hetzner.md, section 3)."""

OWN_STATUSES = frozenset({400, 408, 500, 502, 503, 504})
"""What a balancer says by itself; it has no rule to refuse a host or a user by."""


@reading
def reached_ingress(scene: Scene) -> str | None:
    """Say what shows that a request of this run got to an ingress; else None."""
    seen = logs.sightings(scene, *users.FOR_THE_TARGET, Role.UNKNOWN_HOST)
    if seen:
        return f"a request from the internet reached the ingress on {seen[0].node}"
    return _answered_by(scene, "ingress")


@reading
def request_passed(scene: Scene) -> str | None:
    """Say what shows that the balancer let a request of this run through; else None."""
    if found := reached_ingress(scene) or _answered_by(scene, "pod"):
        return found
    if any(p.healthy for p in users.outside(scene, Role.DIRECT)):
        return "the balancer's own address, asked directly, answers well"
    # A cache may keep a good answer; without one it came through the balancer.
    requests = (
        () if scene.target.reached.cdn else users.outside(scene, *users.AS_A_USER)
    )
    well = sum(p.healthy for p in requests)
    return f"{of(well, len(requests))} requests were answered well" if well else None


def _answered_by(scene: Scene, hop: str) -> str | None:
    # A CDN's own page may look like anybody's; past it there is no such doubt.
    requests = () if scene.target.reached.cdn else users.FOR_THE_TARGET
    for probe in users.outside(scene, *requests, *users.AT_THE_BALANCER):
        author = users.written_by(probe)
        if balancer.reached_other_machine(scene, probe):
            continue
        if _hop(probe) == hop and author.how != "replayed":
            answer = f"{probe.status_code} by {author.writer}"
            return f"the {probe.role.value} probe was answered {answer}"
    return None


def _hop(probe: Probe) -> str:
    """Return who answered; the balancer's look with another status is an ingress."""
    found = users.written_by(probe).hop
    return (
        "ingress"
        if found == "load-balancer" and probe.status_code not in OWN_STATUSES
        else found
    )


def wrote_response(scene: Scene, probe: Probe) -> bool:
    """Say whether an answer is the balancer's own page.

    A tcp service writes no HTTP, and what an ingress logged with this status the
    balancer handed on: the same page is then an HAProxy's in the cluster. So is one of
    a status that needs rules, and perhaps one that nodes get from the ingress too.
    """
    if not _speaks_http(scene) or not _in_its_shape(probe):
        return False
    return not logs.logged_status(scene, probe) and not _perhaps_the_ingress(
        scene, probe
    )


def forwarded_response(scene: Scene, probe: Probe) -> bool:
    """Say whether an answer is certainly not the balancer's own.

    Of a page that both write, the ingress's log tells, or a Host nobody serves: whoever
    answers that otherwise stands behind the balancer.
    """
    if not _speaks_http(scene) or not _in_its_shape(probe):
        return True
    others = users.outside(scene, Role.UNKNOWN_HOST)
    behind = any(p.status_code and not _in_its_shape(p) for p in others)
    return logs.logged_status(scene, probe) or (
        behind and not wrote_response(scene, probe)
    )


def _in_its_shape(probe: Probe) -> bool:
    own = probe.status_code in OWN_STATUSES
    return own and users.written_by(probe).hop == "load-balancer"


def _perhaps_the_ingress(scene: Scene, probe: Probe) -> bool:
    """Say whether the ingress writes the balancer's page, and nothing tells the two.

    An HAProxy ingress does, as nodes see. What tells: no target is healthy; a Host
    nobody serves gets the page, too; or no ingress log has any failing request.
    """
    asked = scene.inside(*inside.INGRESS_ROLES, Role.INGRESS_POD)
    alike = [p for p in asked if p.status_code == probe.status_code]
    if not any(map(_in_its_shape, alike)):
        return False
    nobody = not balancer.count_with_health(scene, HealthStatus.HEALTHY)
    refused = any(map(_in_its_shape, users.outside(scene, Role.UNKNOWN_HOST)))
    known = balancer.service.maybe(scene) is not None
    return not ((known and nobody) or refused or logs.all_read(scene))


def _speaks_http(scene: Scene) -> bool:
    service = balancer.service.maybe(scene)
    return service is None or service.protocol != "tcp"


def responded_directly(scene: Scene) -> bool:
    """Say whether the balancer, asked directly, answered a request by itself.

    Then a request that passed it is a riddle, and no refutation.
    """
    return any(wrote_response(scene, p) for p in users.failing(scene, Role.DIRECT))


@reading
def own_response(scene: Scene) -> str:
    """Say what the balancer itself answered to a failing request.

    Its own page, however it came, or on a tcp service a connection closed without
    a byte; or any 503 of its address that no other hop claims: Hetzner's own page was
    never captured. If most users get no connection at all, the balancer's word to
    others does not explain it.
    """
    return _word(scene, signed=False)


@reading
def marked_response(scene: Scene) -> str:
    """Say what the balancer itself answered, as `word` does, by its own marks only."""
    return _word(scene, signed=True)


def _word(scene: Scene, *, signed: bool) -> str:
    if gone := users.without_connection(scene):
        raise Missing(gone)
    for probe in users.failing(scene, Role.DIRECT, *users.AS_A_USER, Role.CACHE_BUSTER):
        asked = f"the {probe.role.value} probe"
        if wrote_response(scene, probe) and not balancer.reached_other_machine(
            scene, probe
        ):
            took = probe.phases.processing or 0
            after = f", after {took:.1f} s" if took >= CONNECT_ATTEMPT else ""
            return f"{asked} got {probe.status_code} from the balancer itself{after}"
        if not balancer.was_sent_to_balancer(scene, probe):
            continue
        if probe.error_type is ErrorType.CONNECTION_CLOSED:
            return f"{asked} was accepted and closed without a byte"
        if not signed and _unsigned(scene, probe):
            return f"{asked} got {probe.status_code} at the balancer's own address"
    raise Missing("an answer of the balancer itself")


def _unsigned(scene: Scene, probe: Probe) -> bool:
    """Say whether an answer is a 503 that nobody claims, not even a tcp service."""
    unclaimed = users.written_by(probe).hop == "unknown"
    return _speaks_http(scene) and unclaimed and probe.status_code == NO_TARGET_STATUS
