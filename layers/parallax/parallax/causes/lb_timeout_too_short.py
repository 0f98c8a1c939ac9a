"""The load balancer gives up before a slow but good answer is there.

Meaning: the balancer waits less long for an answer than the application takes, and says
504 itself, while the ingress is still waiting for the pod.

Impact: requests that take longer than the balancer's timeout always fail, others never
do: reports, exports, uploads. The application finishes work whose answer nobody gets.

Diagnosis: failing users get the balancer's own 504; the ingress log has those requests,
closed by the client (499) or answered well later; and inside, without the balancer, the
same request is answered well, after a time longer than the balancer waited.

Neighbors: 504 of the ingress itself is a pod that gives no answer in time:
`pod-too-slow`. No line in the log means that the request never arrived:
`lb-wrong-destination-port`, a firewall. A request that is quick inside is no proof
here.

Mitigation: raise the service's `timeout_idle` (30 to 300 s on http and https services);
better, make the answer quicker, or give it at once and let the client ask again.

Source: reference signatures.md, sections 2 and 3.7; hetzner.md, section 1.
"""

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import answers, balancer, ingress, inside, logs, users
from parallax.evidence.reading import Missing, evidence_so_far
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Probe

ID = "lb-timeout-too-short"
GATEWAY_TIMEOUT, CLIENT_CLOSED, ERRORS = 504, 499, 400
LONGEST = 300
"""Seconds; the longest `timeout_idle` that Hetzner takes."""


def assess(scene: Scene) -> Assessment:
    """Ask whether the balancer gave up on answers that were to come."""
    requests = users.failed(scene)
    given_up = [p for p in requests if _gave_up(scene, p)]
    if not given_up and not any(_unclear(scene, p) for p in requests):
        return refuted(ID, "no failing answer is the balancer's own 504")
    if 2 * len(given_up) <= len(requests):
        raise Missing("the balancer's own 504 in most failing answers")
    took = min(p.phases.processing or p.duration for p in given_up)
    share = of(len(given_up), len(requests))
    state = f"{share} requests got 504 from the balancer itself after {took:.1f} s"
    lines = scene.sightings_of(*given_up)
    with evidence_so_far(state):
        slow = _answered_later(scene, lines, took)
    log = f"ingress log: {of(len(lines), len(given_up))} of them arrived"
    closed = sum(line.status_code == CLIENT_CLOSED for line in lines)
    return supported(
        ID,
        state,
        f"{log}, {closed} closed by the balancer (499), {len(lines) - closed} answered",
        f"inside the same request is answered well after {slow:.1f} s",
    )


def _gave_up(scene: Scene, probe: Probe) -> bool:
    return probe.status_code == GATEWAY_TIMEOUT and answers.wrote_response(scene, probe)


def _unclear(scene: Scene, probe: Probe) -> bool:
    """Say whether nothing came, or a 504 like the balancer's that an ingress logged."""
    late = probe.status_code == GATEWAY_TIMEOUT and logs.logged_status(scene, probe)
    alike = users.written_by(probe).hop == "load-balancer"
    return probe.status_code is None or (late and alike)


def _is_good(line: Sighting) -> bool:
    """Say whether the ingress had no error of its own to give."""
    status = line.status_code or 0
    return status == CLIENT_CLOSED or 0 < status < ERRORS


def _answered_later(scene: Scene, lines: tuple[Sighting, ...], took: float) -> float:
    """Return the seconds until the ingress answers well inside, which is later."""
    if not lines:
        raise Missing("a line of the ingress log with one of these requests")
    bad = [line for line in lines if not _is_good(line)]
    if bad:
        raise Missing(f"why the ingress itself logged {bad[0].status_code}")
    asked = ingress.probes(scene)
    if not asked:
        raise Missing(f"how long it takes inside: {inside.why_no_reports(scene)}")
    if any(not p.healthy for p in asked):
        raise Missing("that the same request is answered well inside")
    slow = max(p.duration for p in asked)
    if slow < took:
        raise Missing(f"why it takes only {slow:.1f} s inside")
    return slow


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to let the balancer wait longer."""
    lb, port = scene.load_balancer, users.listen_port(scene)
    service = balancer.service.maybe(scene)
    slow = NextStep(
        text="See how long the application takes when asked at the ingress.",
        command="curl -sS -o /dev/null -w '%{http_code} after %{time_total} s\\n'"
        f" {scene.target.url}",
    )
    if lb is None or service is None or service.protocol == "tcp":
        return (slow,)
    now = service.timeout_idle
    wanted = min(LONGEST, 2 * now if now else LONGEST)
    raised = NextStep(
        text=f"Let port {port} wait {wanted} s for an answer"
        f" (now {f'{now} s' if now else 'the default'}; needs a token that may write).",
        command='curl -sS -X POST -H "Authorization: Bearer $HCLOUD_TOKEN"'
        " -H 'Content-Type: application/json'"
        f" https://api.hetzner.cloud/v1/load_balancers/{lb.id}/actions/"
        f'update_service -d \'{{"listen_port":{port},"http":{{"timeout_idle":'
        f"{wanted}}}}}'",
    )
    return raised, slow


CAUSE = Cause(
    id=ID,
    class_=Class.LOAD_BALANCER,
    hop=Hop.LOAD_BALANCER,
    title="The load balancer gives up before a slow, good answer",
    assess=assess,
    next_steps=next_steps,
)
