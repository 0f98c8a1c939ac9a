"""The pods take a request and don't answer in time.

Meaning: a pod counts as ready and accepts the connection, and its answer does not
come within `proxy-read-timeout`: a lock, an exhausted pool, a slow database behind
it. The ingress gives up and answers 504 itself.

Impact: requests hang for the whole time-out, then fail; nginx tries up to three
pods, so that users wait three times as long, and often give up before.

Diagnosis: the ingress's own 504, or its log with a pod of the Service that gave no
answer (504, or 499 where users or the balancer gave up first); and a pod asked directly
on its own node, where no network between nodes stands in the way, connects and does not
answer, or takes longer than the ingress waited. Where all pods answer at once when
asked so, this is not shown.

Neighbors: `overlay-between-nodes-broken`: on their own node pods are well;
`pod-refuses-connection`: no connection at all; `lb-timeout-too-short`: the 504 is the
balancer's, and the pods answer well though slowly.

Mitigation: see what the app waits for; only then raise `proxy-read-timeout`.

Source: reference signatures.md, sections 1 and 2 (a pod that hangs: 504, length 0,
three tries; a client that gave up: 499).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import impact, ingress, inside, logs, pods, users
from parallax.evidence.reading import Missing, evidence_so_far, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import ErrorType, Probe

ID = "pod-too-slow"
GATEWAY_TIMEOUT = 504
AT_ONCE = 1.0
"""Seconds within which an answer is not slow."""


def assess(scene: Scene) -> Assessment:
    """Ask whether requests end at an ingress that waited for a pod in vain."""
    users.failed(scene)
    if not pods.ready(pods.endpoints(scene)):
        state = pods.endpoints_text(scene)
        return refuted(ID, f"{state}, so the ingress waits for no pod")
    what = f"a pod asked on its own node: {pods.why_not_probed(scene)}"
    home, lines = need(pods.from_own_node(scene), what), _waited_for(scene)
    own = _logged(lines) or ingress.own_response(scene, GATEWAY_TIMEOUT)
    slow = [p for p in home if _is_slow(p, _limit(scene, lines))]
    if not slow:
        return _none_is_slow(scene, home, own)
    state = f"asked on their own nodes, {of(len(slow), len(home))} pod probes"
    state += f" connect and {_how(slow)}"
    with evidence_so_far(state):
        own = need(own, "a 504 of the ingress itself")
        with evidence_so_far(own):
            _users_wait(scene, slow, home, logged=bool(lines))
    return supported(ID, state, own)


def _none_is_slow(scene: Scene, home: tuple[Probe, ...], own: str | None) -> Assessment:
    """Rule it out where all answer at once and the ingress gave up on nobody."""
    everyone = (*home, *pods.from_other_nodes(scene))
    if own is None and all(map(_at_once, everyone)):
        told = f"inside, all {len(everyone)} pod probes are answered within"
        return refuted(ID, f"{told} {AT_ONCE:.0f} s")
    raise Missing("a pod that is slow when asked on its own node")


def _users_wait(
    scene: Scene, slow: list[Probe], home: tuple[Probe, ...], *, logged: bool
) -> None:
    """Raise what is missing for slow pods to be what users wait for."""
    if not all(map(inside.accepted, home)):
        raise Missing("why a pod refuses its own node")
    # Where users always fail, a pod that answers well would have been tried as well.
    requests = users.outside(scene, *users.AS_A_USER)
    if len(slow) < len(home) and not any(p.healthy for p in requests):
        raise Missing("why all requests fail while some pods answer well")
    if not _balancer_gave_up(scene):
        impact.end_at_ingress(scene, GATEWAY_TIMEOUT, logged=logged)


def _balancer_gave_up(scene: Scene) -> bool:
    """Say whether most users got the balancer's 504 while the ingress still waited.

    The log has these very requests, closed by the balancer (499) at a pod.
    """
    requests = users.failing(scene, *users.AS_A_USER)
    late = [p for p in requests if p.status_code == GATEWAY_TIMEOUT]
    left = [p for p in late if any(map(logs.gave_up, scene.sightings_of(p)))]
    return 2 * len(left) > len(requests)


def _waited_for(scene: Scene) -> tuple[Sighting, ...]:
    """Return the log's lines in which the ingress waited for a pod in vain."""
    failing = users.failing(scene, *users.FOR_THE_TARGET)
    return tuple(
        line
        for line in scene.sightings_of(*failing)
        if (
            logs.gave_up(line)
            or (line.status_code == GATEWAY_TIMEOUT and logs.got_no_response(line))
        )
        and logs.node_of(scene, line.upstream_address) is not None
    )


def _logged(lines: tuple[Sighting, ...]) -> str | None:
    if not lines:
        return None
    last = lines[-1]
    took = last.upstream_response_time
    time = f" within {took:.1f} s" if took is not None else ""
    told = f"{last.upstream_address} gave no answer{time}"
    status = last.status_code
    return f"ingress log on {last.node}: {status}, {told} ({len(lines)} such lines)"


def _limit(scene: Scene, lines: tuple[Sighting, ...]) -> float | None:
    """Return how long the ingress waits for a pod, in seconds; None: not known."""
    ended = [line for line in lines if line.status_code == GATEWAY_TIMEOUT]
    seen = [t for line in ended if (t := line.upstream_response_time)]
    if seen:
        return min(seen)
    cluster = scene.cluster
    if cluster is None:
        return None
    settings = (*cluster.ingress_annotations, *(cluster.ingress_config or ()))
    for name, value in settings:
        if name.rpartition("/")[2] == "proxy-read-timeout" and value.isdecimal():
            return float(value)
    return None


def _is_slow(probe: Probe, limit: float | None) -> bool:
    """Say whether a pod took the connection and did not answer in time."""
    if probe.error_type is ErrorType.TIMEOUT:
        return inside.accepted(probe)
    took = probe.phases.processing
    return limit is not None and took is not None and took >= limit >= AT_ONCE


def _at_once(probe: Probe) -> bool:
    return probe.status_code is not None and probe.duration < AT_ONCE


def _how(slow: list[Probe]) -> str:
    lost = [p for p in slow if p.status_code is None]
    longest = max(p.duration for p in slow)
    what = "are not answered" if lost else "are answered late"
    return f"{what}, after {longest:.1f} s"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to see what the pod waits for."""
    namespace = pods.service_name(scene).partition("/")[0]
    kubectl = f"kubectl -n {quote(namespace)}"
    limit = _limit(scene, _waited_for(scene))
    home = pods.from_own_node(scene)
    slow = [p for p in home if _is_slow(p, limit)]
    one = next((p for p in slow if p.pod), None)
    every = NextStep(text="See all its pods.", command=f"{kubectl} get pods -o wide")
    if one is None or one.pod is None:
        return (every,)
    address = one.peer_address or ""
    host = f"[{address}]" if ":" in address else address
    named = quote(f"Host: {scene.target.host}")
    log = NextStep(
        text="Read what it says about requests that take long.",
        command=f"{kubectl} logs {quote(one.pod)} --since=15m",
    )
    load = NextStep(
        text="See whether it lacks processor or memory.",
        command=f"{kubectl} top pod {quote(one.pod)} --containers",
    )
    ask = NextStep(
        text=f"On {one.peer_node}, see how long it takes, without the ingress.",
        command=f"curl -sS -m 60 -o /dev/null -w '%{{http_code}} %{{time_total}} s\\n'"
        f" -H {named} {quote(f'http://{host}:{one.peer_port}/')}",
    )
    return log, ask, load


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.POD,
    title="The pods take requests and don't answer in time",
    assess=assess,
    next_steps=next_steps,
)
