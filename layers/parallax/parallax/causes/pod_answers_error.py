"""The application itself responds with an error.

Meaning: requests reach a pod, and the pod responds with the error.

Impact: users see the application's own error. Network, load balancer and ingress are
not at fault.

Diagnosis: the ingress log shows our request with an endpoint of the Service and the
same status from it. Or internal probes of the pods get that status; each page that
users get is a pod's, by its marks or by the same text (numbers and ids may differ);
and if users always fail, no probe of the ingress succeeds. For 502 and 504 nginx logs
the same status when no upstream responded. For these the logged response must have a
length. A complete response may also break the target's own rule, such as a text of the
body: then each internal probe of a pod must break the same part of the rule.

Neighbors: with `pod-too-slow` and `pod-refuses-connection` the pod does not respond:
the page is the ingress's, and the logged length is 0. With `ingress-rejects-request`
and `ingress-does-not-know-host` the log shows no pod. `cache-replays-error` is a stored
response that pods gave before.

Mitigation: read the application's log at the time of the request; roll back.

Source: nginx `ngx_http_upstream_module` variables; ingress-nginx log-format.
"""

import re
from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import (
    answers,
    balancer,
    bodies,
    impact,
    ingress,
    logs,
    pods,
    replicas,
    rule_breaks,
    server_names,
    users,
)
from parallax.evidence.reading import Hidden, Missing, Unreached
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, Probe, Role
from parallax.model.status_codes import codes_text

ID = "pod-answers-error"
ERROR = 500
"""The first status that reports a server's own error."""
_VARIES = re.compile(r"\b[0-9a-fA-F]{8}[0-9a-fA-F-]*\b|\d[\d.:T+-]*Z?")


def assess(scene: Scene) -> Assessment:
    """Check whether a pod wrote the failing response."""
    requests = users.failed(scene)
    if never := users.never_connected(scene):
        return _never_reached(scene, never)
    if no_connection := users.without_connection(scene):
        raise Missing(f"proof that a request reached a pod ({no_connection})")
    if successes := _mostly_successes(scene, requests):
        return _no_error(scene, successes)
    if logged := _by_the_log(scene):
        return logged
    probes = scene.inside(Role.POD)
    if not probes:
        probe = f"an internal probe of a pod ({pods.why_not_probed(scene)})"
        raise Missing(probe, "an ingress log line of a failing request")
    errors = [p for p in requests if not logs.is_expected(scene, p.status_code)]
    status = errors[0].status_code
    same = [p for p in probes if not p.healthy and p.status_code == status]
    result = status or "no response"
    state = f"{of(len(same), len(probes))} internal probes of pods received {result}"
    if all(p.healthy for p in probes) and _page_of_a_proxy(requests):
        share = f"all {len(probes)} internal probes of pods succeeded"
        return refuted(ID, share, _page(scene, requests))
    if _enough(same, probes, scene) and _is_from_pods(scene, same):
        return supported(ID, state, _page(scene, requests))
    if failing := _behind_the_health_check(scene, probes):
        return supported(ID, failing, balancer.health_report(scene))
    what = "proof that a pod wrote the failing response"
    if wrong := _every_pod_errs(probes):
        raise Unreached(what, evidence=(wrong,))
    raise Missing(what, evidence=(state, _page(scene, requests)))


def _every_pod_errs(probes: tuple[Probe, ...]) -> str | None:
    """Return that each internal probe of a pod got an error from it; None: not so."""
    codes = {p.status_code for p in probes if not p.healthy}
    if len(codes) != 1 or any(p.healthy for p in probes):
        return None
    code = codes.pop()
    if code is None or code < ERROR:
        return None
    return f"all {len(probes)} internal probes of pods received {code}"


def _mostly_successes(scene: Scene, requests: tuple[Probe, ...]) -> tuple[Probe, ...]:
    """Return the failing responses with an expected status, if most have one."""
    found = tuple(p for p in requests if logs.is_expected(scene, p.status_code))
    return found if 2 * len(found) > len(requests) else ()


def _no_error(scene: Scene, successes: tuple[Probe, ...]) -> Assessment:
    """Return the assessment of a success that the target's rule does not accept.

    The rest of the response was lost or cut off, or its text is not the expected one.
    """
    first, probes = successes[0], scene.inside(Role.POD)
    if broken := _breaks_the_rule(scene, probes):
        return broken
    got = f"users get {first.status_code}, which is not an error"
    if bodies.is_incomplete(first):
        got = f"{got}, but the response ends early ({bodies.text(first)})"
        if probes and all(p.healthy for p in probes):
            share = f"all {len(probes)} internal probes of pods succeeded"
            return refuted(ID, got, share)
        raise Missing("which hop cuts off the response", evidence=(got,))
    if first.status_code in scene.target.healthy.status_codes:
        what = "why the text of the response is not the one that the target expects"
        raise Missing(what, evidence=(got,))
    expected = codes_text(scene.target.healthy.status_codes)
    raise Missing(
        f"why the status is not the expected one ({expected})", evidence=(got,)
    )


def _breaks_the_rule(scene: Scene, probes: tuple[Probe, ...]) -> Assessment | None:
    """Return the assessment of a complete response that breaks the target's rule.

    None: the response does not, or is only slow, which is not an error of the pod.
    """
    found = rule_breaks.of_users(scene)
    if not found or rule_breaks.is_only_slow(scene):
        return None
    lacking = rule_breaks.text(scene, found[0])
    got = f"users get {found[0].status_code}, and {lacking}"
    same = rule_breaks.of_all_pods(scene, probes)
    if same is None and any(p.healthy for p in users.outside(scene, *AS_A_USER)):
        same = rule_breaks.of_some_pods(scene, probes)
    if same:
        return supported(ID, same, got)
    inside = f"internal probes of pods ({pods.why_not_probed(scene)})"
    if probes:
        well = sum(p.healthy for p in probes)
        inside = f"{of(well, len(probes))} internal probes of pods meet the rule"
        raise Missing("which hop changes the response", evidence=(got, inside))
    raise Missing(inside, evidence=(got,))


def _never_reached(scene: Scene, never: str) -> Assessment:
    """Return the assessment by probes of pods only, as no request got a connection."""
    probes = scene.inside(Role.POD)
    if probes and all(p.healthy for p in probes):
        return refuted(ID, f"all {len(probes)} internal probes of pods succeeded")
    if wrong := _every_pod_errs(probes):
        raise Unreached("a request that reached a pod", evidence=(wrong, never))
    raise Hidden("a request that reached a pod", evidence=(never,))


def _by_the_log(scene: Scene) -> Assessment | None:
    """Return the assessment by the ingress log alone; None: the log is not enough."""
    proof = logs.pod_answers(scene)
    if proof and impact.mostly_from_balancer(scene):
        raise Missing("the reason why most failing requests ended at the load balancer")
    failed = scene.sightings_of(*users.failing(scene, *FOR_THE_TARGET))
    if proof and 2 * len(proof) < len(failed):
        rest = of(len(failed) - len(proof), len(failed))
        raise Missing(
            f"the reason why {rest} failing requests in the log reached no pod"
        )
    statuses = {p.status_code for p in users.failed(scene)}
    if proof and statuses.isdisjoint(s.upstream_status for s in proof):
        what = "a pod's response to a user: the log has only those that bypass caches"
        raise Missing(what)
    if proof:
        seen = proof[0]
        return supported(
            ID,
            f"a pod itself responded {seen.upstream_status}",
            f"ingress log on {seen.node}: pod {_pod(seen)} responded"
            f" {seen.upstream_status} to a probe from Parallax",
        )
    if default := _default_backend(scene):
        return refuted(ID, default)
    if other := _unknown_upstream(scene):
        raise Missing(other)
    if unanswered := logs.no_pod_responded(scene):
        return _without_a_response(scene, unanswered)
    return None


def _pod(seen: Sighting) -> str:
    """Return the pod's address; or a server's name, with the backend it belongs to."""
    name = f"{seen.upstream_name}/{seen.upstream_address}"
    return name if server_names.is_name(seen) else f"{seen.upstream_address}"


def _without_a_response(scene: Scene, unanswered: str) -> Assessment:
    """Return the assessment by probes of pods, as no pod responded to a request."""
    local = pods.from_own_node(scene)
    if local and all(p.healthy for p in local):
        share = f"{of(len(local), len(local))} probes of pods from their own nodes"
        return refuted(ID, unanswered, f"{share} succeeded")
    raise Hidden("a response of a pod", evidence=(unanswered,))


def _default_backend(scene: Scene) -> str | None:
    """Return that the controller's own default backend responded; None: not shown.

    It also responds where it replaces a pod's error (custom-http-errors). So every
    probe of a pod must succeed.
    """
    replies, probes = logs.upstream_answers(scene), scene.inside(Role.POD)
    own = all(
        r.upstream_name == replicas.DEFAULT_BACKEND
        and r.upstream_address == replicas.DEFAULT_SERVER
        for r in replies
    )
    if not replies or not own or not probes or not all(p.healthy for p in probes):
        return None
    who = f"{replicas.DEFAULT_SERVER}, the ingress controller's own default backend"
    succeeded = f"all {len(probes)} internal probes of pods succeeded"
    return f"{who}, wrote the failing responses, and no pod did; {succeeded}"


def _unknown_upstream(scene: Scene) -> str | None:
    """Return a doubt: the upstream that responded may not be a pod of the Service."""
    replies = logs.upstream_answers(scene)
    if not replies:
        return None
    who = replies[0].upstream_address
    reason = pods.endpoints.lacks(scene) or ("not an endpoint of the Service",)
    return f"which workload owns {who}, the upstream that responded ({reason[0]})"


def _enough(same: list[Probe], probes: tuple[Probe, ...], scene: Scene) -> bool:
    """Return whether the pods' failing share can explain the external failures.

    If users always fail, no probe of the ingress or the load balancer may succeed.
    """
    always = not any(p.healthy for p in users.outside(scene, *AS_A_USER))
    others = ingress.probes(scene)
    others += users.outside(scene, Role.DIRECT)
    if always and any(p.healthy for p in others):
        return False
    return bool(same) and _share_fits(always, len(same), len(probes))


def _share_fits(always: bool, same: int, probed: int) -> bool:  # noqa: FBT001 - a pure rule
    """Require every pod for a constant failure, one for an intermittent one."""
    return same == probed if always else same > 0


def _content(probe: Probe) -> str:
    """Return the body of a response; of a redirect without a body, its location.

    Times, numbers and ids are masked: they differ in each response of the same pod.
    """
    where = users.header(probe, "location")
    return _VARIES.sub("#", probe.body.strip() or where or "")


def _is_from_pods(scene: Scene, probes: list[Probe]) -> bool:
    """Return whether every failing page is a pod's, by its marks or by the same text.

    A pod may write a proxy's page if it runs nginx or a mesh's Envoy.
    """
    texts = {_content(p) for p in probes if _content(p)}
    return all(
        users.written_by(p).hop == "pod"
        or (
            _content(p) in texts
            and users.written_by(p).how != "replayed"
            and answers.forwarded_response(scene, p)
        )
        for p in users.failing(scene, *FOR_THE_TARGET)
    )


def _page_of_a_proxy(requests: tuple[Probe, ...]) -> bool:
    """Return whether a proxy wrote a failing response, or there was none."""
    return any(
        p.status_code is None or users.written_by(p).hop in users.PROXIES
        for p in requests
    )


def _page(scene: Scene, requests: tuple[Probe, ...]) -> str:
    first = requests[0]
    if first.status_code is None:
        return "users get no response"
    author = users.author_text(first)
    if balancer.reached_other_machine(scene, first):
        author = f"another machine ({first.peer_address})"
    return f"users get a response from {author}"


def _behind_the_health_check(scene: Scene, probes: tuple[Probe, ...]) -> str | None:
    """Return that an HTTP health check fails rightly, as every pod responds errors."""
    codes = {p.status_code for p in probes}
    inside = ingress.probes(scene)
    same = {p.status_code for p in inside} == codes and len(codes) == 1
    if not same or any(p.healthy for p in (*probes, *inside)):
        return None
    code = codes.pop()
    if code is None or not impact.failed_health_check(scene, code):
        return None
    error = f"every pod responds {code}, through the ingress too"
    return f"{error}, so the HTTP health check fails on all targets"


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to read the application's log."""
    namespace, _, name = pods.service_name(scene).partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    cluster, proof = scene.cluster, logs.pod_answers(scene)
    address = proof[0].upstream_address if proof else None
    ip = (address or "").rpartition(":")[0]
    # With hostNetwork pods share the node's address; the endpoint names the pod.
    pod = next(
        (
            e.pod
            for e in (cluster.endpoints if cluster else None) or ()
            if e.address == ip and e.pod
        ),
        None,
    )
    failing = next((p.pod for p in scene.inside(Role.POD) if not p.healthy), None)
    named = pod or failing
    if named is None:
        log = NextStep(
            text=f"Find the pods of {name}, then read their logs.",
            command=f"{kubectl} get pods -o wide",
        )
    else:
        log = NextStep(
            text="Read the application's log.",
            command=f"{kubectl} logs {quote(named)} --since=15m",
        )
    events = NextStep(
        text="Check the newest events for a change, or a Warning, that began with the"
        " errors.",
        command=f"{kubectl} get events --sort-by=.lastTimestamp",
    )
    return log, events


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.POD,
    title="The application itself responds with an error",
    assess=assess,
    next_steps=next_steps,
)
