"""The pods accept a request but do not respond in time.

Meaning: a pod is ready and accepts the connection. Its response does not arrive within
`proxy-read-timeout`: a lock, an exhausted pool, a slow database. The ingress times out
and responds 504 itself.

Impact: requests hang for the complete timeout, then fail. nginx tries up to three pods,
so users wait three times as long, and often give up earlier.

Diagnosis: users get the ingress's own 504. Or its log shows a pod of the Service that
did not respond (504, or 499 if the client gave up first). A probe of a pod on the same
node, without a network in between, connects. It gets no response, or waits longer than
the ingress did. If all pods respond at once to such probes, this cause is not shown.
Where no ingress log is read, all pods, the ingress and all users must wait in vain.
If a target has `max_seconds`, a complete response may be too slow as well. Then each
pod must exceed the limit from its own node.

Neighbors: with `overlay-between-nodes-broken` probes from the pod's own node succeed.
With `pod-refuses-connection` there is no connection. With `lb-timeout-too-short` the
load balancer wrote the 504, and the pods respond successfully but slowly.

Mitigation: find what the app waits for. Only then raise `proxy-read-timeout`.

Source: ingress-nginx, `proxy-read-timeout`; nginx `proxy_next_upstream` (three tries)
and status 499.
"""

from shlex import quote
from urllib.parse import urlsplit

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.curl import on_node
from parallax.evidence import (
    answers,
    balancer,
    impact,
    ingress,
    inside,
    logs,
    pods,
    rule_breaks,
    users,
)
from parallax.evidence.reading import Hidden, Missing, evidence_so_far, need, proven
from parallax.evidence.scene import Scene
from parallax.evidence.words import every, of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, ErrorType, Probe, Role

ID = "pod-too-slow"
GATEWAY_TIMEOUT = 504
AT_ONCE = 1.0
"""Seconds; a response within this time is not slow."""


def assess(scene: Scene) -> Assessment:
    """Check whether the ingress waits for pods that do not respond in time."""
    users.failed(scene)
    if found := rule_breaks.of_users(scene):
        return _slower_than_allowed(scene, found)
    if not pods.ready(pods.endpoints(scene)) or pods.without_port(scene):
        return _not_used(scene)
    what = f"a probe of a pod from its own node ({pods.why_not_probed(scene)})"
    local, lines = need(pods.from_own_node(scene), what), _waited_for(scene)
    own = _logged(scene, lines) or ingress.own_response(scene, GATEWAY_TIMEOUT)
    slow = [p for p in local if _is_slow(p, _limit(scene, lines))]
    if not slow:
        return _none_is_slow(scene, local, lines, own)
    state = f"{of(len(slow), len(local))} probes of pods from their own nodes"
    state += f" connected and {_how(slow)}"
    with proven(state):
        if inside.no_ingress(scene):
            own = _without_ingress(scene, slow, local)
            return supported(ID, state, own)
        if own is None and (unlogged := _waits_unlogged(scene, slow, local)):
            return supported(ID, state, unlogged)
        own = need(own, "a 504 written by the ingress itself")
        _same_pods(scene, slow, lines)
        with evidence_so_far(own):
            _users_wait(scene, slow, local, logged=bool(lines))
    return supported(ID, state, own)


def _slower_than_allowed(scene: Scene, found: tuple[Probe, ...]) -> Assessment:
    """Return the assessment of complete responses that the target's rule calls slow."""
    longest = max(p.duration for p in found)
    state = rule_breaks.text(scene, found[0])
    got = f"users get {found[0].status_code} after up to {longest:.1f} s: {state}"
    if not rule_breaks.is_only_slow(scene):
        raise Missing("slow responses; the response breaks another rule of the target")
    # From another node the network would be measured as well.
    what = f"a probe of a pod from its own node ({pods.why_not_probed(scene)})"
    local = need(pods.from_own_node(scene), what)
    if same := rule_breaks.of_all_pods(scene, local):
        return supported(ID, same, got)
    well = of(sum(p.healthy for p in local), len(local))
    inside_text = f"{well} probes of pods from their own nodes met the limit"
    raise Missing("which hop takes the time", evidence=(got, inside_text))


def _same_pods(scene: Scene, slow: list[Probe], lines: tuple[Sighting, ...]) -> None:
    """Raise what is missing if the log shows other pods than those that are slow.

    A slow pod proves nothing about another one, to which the ingress sent the request.
    """
    places = {(p.peer_address, p.peer_port) for p in slow}
    found = (e for e in pods.known_endpoints(scene) if (e.address, e.port) in places)
    waited = {line.upstream_address for line in lines}
    if waited and waited.isdisjoint({logs.place(e) for e in found}):
        raise Missing(
            f"whether {min(map(str, waited))} is slow too, which the ingress waited for"
        )


def _without_ingress(scene: Scene, slow: list[Probe], local: tuple[Probe, ...]) -> str:
    """Return the proof that users wait for slow pods behind the app's own Service."""
    if len(slow) < len(local):
        raise Missing("the reason why all requests fail although some pods respond")
    return impact.waits_at_own_node_port(scene)


def _waits_unlogged(
    scene: Scene, slow: list[Probe], local: tuple[Probe, ...]
) -> str | None:
    """Return that users and agents wait in vain where no ingress log is read.

    Every pod is slow, and so is every internal request through the ingress. No user
    gives up before the agents did, so the load balancer is not too impatient.
    """
    service = balancer.service.maybe(scene)
    failed = users.failing(scene, *AS_A_USER)
    if service is None or logs.followed_nodes(scene) or len(slow) < len(local):
        return None
    sent = ingress.probes(scene, port=service.destination_port)
    if not sent or not all(map(_hangs, (*sent, *slow))):
        return None
    longest = max(p.duration for p in slow)
    if any(p.healthy for p in users.outside(scene, *AS_A_USER)):
        return None
    if not all(_waited(scene, p) and p.duration >= longest for p in failed):
        return None
    return (
        f"{of(len(sent), len(sent))} internal probes of the ingress and"
        f" {of(len(failed), len(failed))} users got no response within {longest:.1f} s"
    )


def _hangs(probe: Probe) -> bool:
    return probe.error_type is ErrorType.TIMEOUT and probe.error_phase == "processing"


def _waited(scene: Scene, probe: Probe) -> bool:
    """Return whether a request got no response, or the load balancer's own 504."""
    late = probe.status_code == GATEWAY_TIMEOUT
    return _hangs(probe) or (late and answers.wrote_response(scene, probe))


def _not_used(scene: Scene) -> Assessment:
    """Return the assessment of pods to which the ingress sends no request."""
    probes = scene.inside(Role.POD)
    if probes and all(map(_at_once, probes)):
        return refuted(ID, _all_at_once(probes))
    raise Hidden("a pod that the ingress uses", evidence=(pods.unused_text(scene),))


def _all_at_once(probes: tuple[Probe, ...]) -> str:
    share = every(len(probes), "internal probe of a pod", "internal probes of pods")
    return f"{share} got a response within {AT_ONCE:.0f} s"


def _none_is_slow(
    scene: Scene,
    local: tuple[Probe, ...],
    lines: tuple[Sighting, ...],
    own: str | None,
) -> Assessment:
    """Return a refutation if all pods respond at once and no request timed out."""
    every_probe = (*local, *pods.from_other_nodes(scene))
    if own is None and all(map(_at_once, every_probe)):
        return refuted(ID, _all_at_once(every_probe))
    # A pod that hangs drops connections when its queue is full; it does not refuse.
    if own is None and all(p.error_type is ErrorType.CONNECTION_REFUSED for p in local):
        share = of(len(local), len(local))
        fault = f"{share} probes of pods from their own nodes were refused"
        raise Hidden("a connection to a pod", evidence=(fault,))
    raise Missing(
        _undecided(scene, lines, own),
        evidence=(_measured(local), *((own,) if own else ())),
    )


def _measured(local: tuple[Probe, ...]) -> str:
    """Return how many pods responded to their own node, and how late the last one."""
    got = [p for p in local if p.status_code is not None]
    share = f"{of(len(got), len(local))} probes of pods from their own nodes got a"
    share += " response"
    if not got:
        return share
    slowest = max(p.duration for p in got)
    if slowest < AT_ONCE:
        return f"{share}, all within {AT_ONCE:.0f} s"
    return f"{share}, the slowest after {slowest:.1f} s"


def _through_the_ingress(scene: Scene) -> str:
    """Return how long the ingress waited for the slowest successful internal probe."""
    took = [p.duration for p in ingress.probes(scene) if p.healthy]
    if not took or max(took) < AT_ONCE:
        return ""
    return f"; internal probes of the ingress succeed after up to {max(took):.1f} s"


def _undecided(scene: Scene, lines: tuple[Sighting, ...], own: str | None) -> str:
    """Return what is missing to decide whether pods respond too late."""
    if lines and all(map(logs.gave_up, lines)):
        return (
            "whether the ingress would have timed out on these requests: the load"
            f" balancer or CDN closed them first (499){_through_the_ingress(scene)}"
        )
    if own:
        return "whether a pod responded too late, or was not reached in time"
    return "a response that the ingress no longer waited for (504)"


def _users_wait(
    scene: Scene, slow: list[Probe], local: tuple[Probe, ...], *, logged: bool
) -> None:
    """Raise what is missing to prove that users wait for slow pods."""
    if not all(map(inside.accepted, local)):
        raise Missing("the reason why a pod refuses its own node")
    _are_used(scene, slow)
    # If users always fail, the ingress must have tried the fast pods too.
    requests = users.outside(scene, *AS_A_USER)
    if len(slow) < len(local) and not any(p.healthy for p in requests):
        raise Missing("the reason why all requests fail although some pods respond")
    if not _balancer_gave_up(scene):
        impact.end_at_ingress(scene, GATEWAY_TIMEOUT, logged=logged)


def _are_used(scene: Scene, slow: list[Probe]) -> None:
    """Raise `Missing` if the ingress waited only for pods that are not slow."""
    waited = {line.upstream_address for line in _waited_for(scene)}
    addresses = {p.peer_address for p in slow}
    places = {
        logs.place(e) for e in pods.known_endpoints(scene) if e.address in addresses
    }
    if waited and waited.isdisjoint(places | addresses):
        raise Missing("why the ingress waits for other pods than the slow ones")


def _balancer_gave_up(scene: Scene) -> bool:
    """Return whether most users got the balancer's 504 while the ingress waited.

    The log contains these requests, closed by the load balancer (499).
    """
    requests = users.failing(scene, *AS_A_USER)
    late = [p for p in requests if p.status_code == GATEWAY_TIMEOUT]
    left = [p for p in late if any(map(logs.gave_up, scene.sightings_of(p)))]
    return 2 * len(left) > len(requests)


def _waited_for(scene: Scene) -> tuple[Sighting, ...]:
    """Return the log lines in which the ingress waited for a pod without a response."""
    failing = users.failing(scene, *FOR_THE_TARGET)
    return tuple(
        line
        for line in scene.sightings_of(*failing)
        if (
            logs.gave_up(line)
            or (line.status_code == GATEWAY_TIMEOUT and logs.got_no_response(line))
        )
        and logs.node_of(scene, line.upstream_address) is not None
    )


def _logged(scene: Scene, lines: tuple[Sighting, ...]) -> str | None:
    if not lines:
        return None
    last = lines[-1]
    took = last.upstream_response_time
    time = f" within {took:.1f} s" if took is not None else ""
    what = f"{last.upstream_address} did not respond{time}"
    one = f"{what} ({last.status_code}, log of {last.node})"
    by_users = {p.request_id for p in users.failing(scene, *AS_A_USER)}
    count = len({line.request_id for line in lines if line.request_id in by_users})
    if not count:
        return f"ingress log: {one}"
    share = of(count, len(by_users))
    return (
        f"ingress log: {share} failing requests got no response from their pod in time;"
        f" e.g. {one}"
    )


def _limit(scene: Scene, lines: tuple[Sighting, ...]) -> float | None:
    """Return the ingress's timeout for a pod in seconds; None: not determined."""
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
    """Return whether a pod accepted the connection and did not respond in time."""
    if probe.error_type is ErrorType.TIMEOUT:
        return inside.accepted(probe)
    took = probe.phases.processing
    return limit is not None and took is not None and took >= limit >= AT_ONCE


def _at_once(probe: Probe) -> bool:
    return probe.status_code is not None and probe.duration < AT_ONCE


def _how(slow: list[Probe]) -> str:
    lost = [p for p in slow if p.status_code is None]
    longest = max(p.duration for p in slow)
    what = "got no response within" if lost else "got a response only after"
    return f"{what} {longest:.1f} s"


_LIMITS = quote(
    'limits:{"\\n"}{range .spec.containers[*]}{.name} {.resources.limits}{"\\n"}{end}'
)
"""Prints one line for each container; `kubectl top` prints no limits."""


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find what the pod waits for."""
    namespace = pods.service_name(scene).partition("/")[0]
    kubectl = f"kubectl -n {quote(namespace)}"
    limit = _limit(scene, _waited_for(scene))
    local = pods.from_own_node(scene)
    slow = [p for p in local if _is_slow(p, limit)]
    one = next((p for p in slow if p.pod), None)
    every = NextStep(
        text="List all pods. Healthy ones are Running, with READY 1/1, 2/2 or so.",
        command=f"{kubectl} get pods -o wide",
    )
    if one is None or one.pod is None:
        return (every,)
    address = one.peer_address or ""
    host = f"[{address}]" if ":" in address else address
    named = quote(f"Host: {scene.target.host}")
    path = urlsplit(scene.target.url).path or "/"
    log = NextStep(
        text=f"In the log of {one.pod}, look for slow requests.",
        command=f"{kubectl} logs {quote(one.pod)} --since=15m",
    )
    load = NextStep(
        text="Compare what each container uses (first lines) with its limits (last"
        " lines). CPU near its limit makes the pod slow: raise the limit, or add"
        " replicas. Memory near its limit does so too, or ends the pod: raise the"
        " limit. If both are far below, or no limit is printed, the limits are not"
        " the reason: find in the log (step 1) what the pod waits for, e.g. a"
        " database.",
        command=f"{kubectl} top pod {quote(one.pod)} --containers;"
        f" {kubectl} get pod {quote(one.pod)} -o jsonpath={_LIMITS}",
    )
    measure = NextStep(
        text=f"Log in to {one.peer_node} and measure the response time of the pod,"
        " without the ingress: status and seconds. A healthy pod needs less than"
        f" {limit or one.duration:g} s. `curl: (28)` means no response within 60 s.",
        command=on_node(
            "curl -sS -m 60 -o /dev/null -w '%{http_code} %{time_total} s\\n'"
            f" -H {named} {quote(f'http://{host}:{one.peer_port}{path}')}"
        ),
    )
    return log, measure, load


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.POD,
    title="The pods do not respond in time",
    assess=assess,
    next_steps=next_steps,
)
