"""The load balancer times out before the application's slow response arrives.

Meaning: the load balancer's timeout is shorter than the application's response time. It
responds 504 itself while the ingress still waits for the pod.

Impact: requests that take longer than the timeout always fail, others never do:
reports, exports, uploads. The application finishes work whose response is discarded.

Diagnosis: failing users get the load balancer's own 504. The ingress log contains these
requests, closed by the client (499) or finished later. Internal probes of the same URL
succeed after a longer time than the load balancer waited. Where no ingress log is read,
all failing users must get that 504, and no internal probe may be faster.

Neighbors: a 504 written by the ingress means a pod that does not respond in time:
`pod-too-slow`. No line in the ingress log means that the request never arrived:
`lb-wrong-destination-port` or a firewall. A fast internal probe proves nothing here.

Mitigation: raise the service's `timeout_idle` (30 to 300 s on http and https services).
Better: make the response faster, or return at once and let the client poll.

Source: Hetzner Cloud API, load balancers (`timeout_idle`); HAProxy `timeout server`
(504); nginx status 499.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.keeper import keeper, lasting, wrong_annotation
from parallax.evidence import answers, balancer, ingress, inside, logs, users
from parallax.evidence.reading import Hidden, Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, Probe

ID = "lb-timeout-too-short"
GATEWAY_TIMEOUT, CLIENT_CLOSED, ERRORS = 504, 499, 400
_NEEDS = (
    " The command reads an API token with write access from the environment variable"
    " HCLOUD_TOKEN."
)
AT_ONCE = 1.0
"""Seconds; no load balancer times out before."""
LONGEST = 300
"""Seconds; the maximum `timeout_idle` of the Hetzner API."""


def assess(scene: Scene) -> Assessment:
    """Check whether the load balancer timed out while a response was on its way."""
    requests = users.failed(scene)
    if users.never_connected(scene):
        return _without_504(scene)
    given_up = [p for p in requests if _gave_up(scene, p)]
    if not given_up and not any(_unclear(scene, p) for p in requests):
        return _without_504(scene)
    if 2 * len(given_up) <= len(requests):
        raise Missing("a 504 written by the load balancer in most failing responses")
    took = min(map(_seconds, given_up))
    share = of(len(given_up), len(requests))
    state = f"the load balancer sent 504 to {share} requests after {took:.1f} s"
    lines = scene.sightings_of(*given_up)
    with evidence_so_far(state):
        slow = _answered_later(scene, lines, took)
    later = f"an internal probe of the same URL succeeds after {slow:.1f} s"
    if bypassed := inside.no_ingress(scene):
        return supported(ID, state, later, bypassed)
    wrong = wrong_annotation(scene, "http-timeout-idle")
    if not lines:
        return supported(ID, state, _none_is_faster(scene, took), *wrong)
    log = f"the ingress log contains {len(lines)} of these {len(given_up)} requests"
    closed = sum(line.status_code == CLIENT_CLOSED for line in lines)
    return supported(
        ID,
        state,
        f"{log}: the load balancer closed {closed} of them early (499)"
        f"{_others(len(lines) - closed)}",
        later,
        *wrong,
    )


def _others(count: int) -> str:
    """Return how many logged requests got a response from the ingress; empty: none."""
    return f", and the ingress responded to {count} of them too late" if count else ""


def _without_504(scene: Scene) -> Assessment:
    """Return the assessment without a 504 of the load balancer.

    That rules the cause out only if a request passed it, or if the ingress is fast.
    """
    if answers.request_passed(scene):
        return refuted(ID, "the load balancer itself wrote no 504")
    probes = ingress.probes(scene)
    if probes and all(p.status_code and p.duration < AT_ONCE for p in probes):
        share = f"all {len(probes)} internal probes of the ingress got a response"
        return refuted(ID, f"{share} within {AT_ONCE:.0f} s")
    what = "no external request passed the load balancer"
    raise Hidden("a request that passed the load balancer", evidence=(what,))


def _gave_up(scene: Scene, probe: Probe) -> bool:
    return probe.status_code == GATEWAY_TIMEOUT and answers.wrote_response(scene, probe)


def _seconds(probe: Probe) -> float:
    """Return how long the load balancer waited before it responded."""
    return probe.phases.processing or probe.duration


def _unclear(scene: Scene, probe: Probe) -> bool:
    """Return whether there is no response, or a 504 that an ingress logged too."""
    late = probe.status_code == GATEWAY_TIMEOUT and logs.logged_status(scene, probe)
    alike = users.written_by(probe).hop == "load-balancer"
    return probe.status_code is None or (late and alike)


def _is_good(line: Sighting) -> bool:
    """Return whether the ingress logged no error of its own."""
    status = line.status_code or 0
    return status == CLIENT_CLOSED or 0 < status < ERRORS


def _answered_later(scene: Scene, lines: tuple[Sighting, ...], took: float) -> float:
    """Return the seconds of a successful internal probe, if longer than the timeout."""
    if not lines and not inside.no_ingress(scene):
        _none_is_faster(scene, took)
    bad = [line for line in lines if not _is_good(line)]
    if bad:
        raise Missing(f"the reason why the ingress logged {bad[0].status_code}")
    sent_probes = ingress.probes(scene)
    if not sent_probes:
        raise Missing(f"the internal response time ({inside.why_not_probed(scene)})")
    if any(not p.healthy for p in sent_probes):
        raise Missing("a successful internal probe of the same URL")
    slow = max(p.duration for p in sent_probes)
    if slow < took:
        raise Missing(f"the reason why internal probes take only {slow:.1f} s")
    return slow


def _none_is_faster(scene: Scene, took: float) -> str:
    """Return that the load balancer would give up on each internal probe too.

    That shows the cause where no ingress log is read, as with Cilium: all requests got
    its 504, and the port to which it sends them never responds sooner.
    """
    what = "an ingress log line of one of these requests"
    requests, port = users.failed(scene), balancer.service(scene).destination_port
    sent = ingress.probes(scene, port=port)
    passed = any(p.healthy for p in users.outside(scene, *AS_A_USER))
    if logs.followed_nodes(scene) or passed or not sent:
        raise Missing(what)
    if not all(_gave_up(scene, p) for p in requests):
        raise Missing(what)
    soonest = min(p.duration for p in sent)
    if soonest < took or not all(p.healthy for p in sent):
        raise Missing(what)
    return (
        f"{of(len(sent), len(sent))} internal probes of port {port} succeed, none of"
        f" them before {soonest:.1f} s"
    )


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to raise the load balancer's timeout."""
    lb, port = scene.load_balancer, users.listen_port(scene)
    service = balancer.service.maybe(scene)
    waited = [_seconds(p) for p in users.failed(scene) if _gave_up(scene, p)]
    after = f" after {min(waited):.1f} s" if waited else ""
    slow = NextStep(
        text="After the change, measure how long the application takes to respond."
        f" If you still get 504{after}, the change is not active, or something else"
        " ends the requests: undo it.",
        command="curl -sS -o /dev/null -w '%{http_code} after %{time_total} s\\n'"
        f" {scene.target.url}",
    )
    if lb is None or service is None or service.protocol == "tcp":
        return (slow,)
    now = service.timeout_idle
    wanted = min(LONGEST, 2 * now if now else LONGEST)
    save = f"hcloud load-balancer describe {quote(lb.name)} > before.txt && "
    raised = NextStep(
        text=f"Set the timeout of port {port} to {wanted} s{_current(scene, now)}."
        + ("" if keeper(scene) else _NEEDS),
        command=f"{'' if now else save}{_set_timeout(lb.id, port, wanted)}",
        undo=_set_timeout(lb.id, port, now) if now else None,
        undo_note=None
        if now
        else "run the last command again with the timeout that before.txt has for port"
        f" {port}.",
    )
    raised = lasting(scene, raised, http_timeout_idle=f"{wanted}s")
    return raised, slow


def _set_timeout(balancer_id: int, port: int, seconds: int) -> str:
    """Return the request that sets a timeout; the hcloud CLI has no option for it."""
    return (
        "curl -sS -X POST -H"
        ' "Authorization: Bearer ${HCLOUD_TOKEN:?is not set}"'
        " -H 'Content-Type: application/json'"
        f" https://api.hetzner.cloud/v1/load_balancers/{balancer_id}/actions/"
        f'update_service -d \'{{"listen_port":{port},"http":{{"timeout_idle":'
        f"{seconds}}}}}'"
    )


def _current(scene: Scene, configured: int | None) -> str:
    """Return the configured timeout in brackets, and if requests ended before it."""
    if configured is None:
        return " (now the default)"
    waited = [_seconds(p) for p in users.failed(scene) if _gave_up(scene, p)]
    if waited and min(waited) < configured:
        early = f"but requests end after {min(waited):.1f} s"
        return f" (Hetzner reports {configured} s, {early})"
    return f" (now {configured} s)"


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer times out before the slow response arrives",
    assess=assess,
    next_steps=next_steps,
)
