"""The ingress itself rejects requests: a rate limit, an address list, a missing login.

Meaning: the ingress has a rule for the host and ready pods. It responds 401, 403, 413,
429 or 503 itself, before any pod is used: an address that is not allowed, too many
requests, a body that is too large, or a missing login.

Impact: requests that match the rule fail. Others, and often internal ones, work.

Diagnosis: most failing users get the ingress's own page with such a status. Its log has
our requests with that status and no upstream. The Service has ready endpoints. A 401,
403, 413 or 429 of the ingress is always a rejection. A 503 is one only if an annotation
of the target's Ingress or the controller's ConfigMap sets a limit: nginx writes the
same page and log line for a denied location, a limit and an empty Service. Each replica
counts a limit separately, so replicas may differ.

Neighbors: with `service-without-endpoints` and `pods-not-ready` no endpoint is ready.
`ingress-replica-out-of-step` fails only at one replica. With `pod-answers-error` the
log shows the pod's address.

Mitigation: allow the request in the annotation that the evidence shows. The monitor's
own address may need an entry too.

Source: ingress-nginx, `docs/user-guide` (annotations, ConfigMap); nginx
`ngx_http_limit_req_module`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import (
    answers,
    balancer,
    ingress,
    ingress_rules,
    inside,
    logs,
    names,
    pods,
    replicas,
    users,
)
from parallax.evidence.reading import Hidden, Missing, need
from parallax.evidence.scene import Scene
from parallax.evidence.words import every
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, Probe, Role

ID = "ingress-rejects-request"
UNAVAILABLE = 503
BEFORE_RULES = (400, 404)
"""A malformed request, or one for an unknown host."""
NO_REJECTION = "proof of which hop wrote most of the failing responses"


def assess(scene: Scene) -> Assessment:
    """Check whether the ingress rejected users before any pod was used."""
    if bypassed := inside.no_ingress(scene):
        return refuted(ID, bypassed)
    requests, endpoints = users.failed(scene), pods.endpoints(scene)
    state = pods.endpoints_text(scene)
    if not pods.ready(endpoints):
        raise Hidden("a ready endpoint", evidence=(state,))
    if elsewhere := names.all_sent_elsewhere.maybe(scene):
        places = ", ".join(sorted({str(p.peer_address) for p in elsewhere}))
        what = f"all {len(elsewhere)} failing requests went to {places}"
        return refuted(ID, f"{what}, not to this ingress")
    lines = scene.sightings_of(*requests)
    forwarded_all = len(lines) == len(requests) and not _rejected(lines, None)
    if lines and forwarded_all:
        return refuted(ID, f"ingress log: {_forwarded(scene, lines)}")
    status = ingress.most_frequent_status(scene)
    if status not in ingress_rules.RULES:
        reason = _not_rejected(scene, requests, lines) or _no_rejection(status)
        return refuted(ID, need(reason, NO_REJECTION))
    rejected = _rejected(lines, status)
    if 2 * len(rejected) <= len(requests):
        what = "ingress log lines without an upstream for most failing requests"
        raise Missing(what, evidence=(state,))
    if _replicas_differ(scene, status) and not ingress_rules.limits(scene, status):
        raise Missing("the reason why only some ingress replicas reject requests")
    part = "all" if len(rejected) == len(lines) else str(len(rejected))
    logged = (
        f"{logs.share_text(scene)}; the ingress itself responded {status} to {part} of"
        " them and sent them to no pod"
    )
    rules = ingress_rules.rules(scene, status)
    if not rules and status == UNAVAILABLE:
        if pods.without_port(scene):
            raise Hidden("a port of the pods", evidence=(pods.NO_PORT,))
        what = "a limit in the Ingress's annotations or in the controller's ConfigMap"
        raise Missing(what, evidence=(logged, state))
    return supported(ID, logged, *rules, state)


def _not_rejected(
    scene: Scene, requests: tuple[Probe, ...], lines: tuple[Sighting, ...]
) -> str | None:
    """Return that most failing requests were not rejected here; None: not shown."""
    count = len(requests)
    forwarded = len({line.request_id for line in lines})
    if 2 * forwarded > count and not _rejected(lines, None):
        return f"{logs.share_text(scene)}; {_forwarded(scene, lines)}"
    if never := users.never_connected(scene):
        raise Hidden("a request that reached the ingress", evidence=(never,))
    if all(
        answers.wrote_response(scene, p)
        and not balancer.reached_other_machine(scene, p)
        for p in requests
    ):
        return _ended_before(scene, count)
    if _replayed_all(scene, requests, lines):
        return f"all {count} failing responses are stored ones, sent by a cache"
    others = logs.sightings(scene, *FOR_THE_TARGET, Role.UNKNOWN_HOST)
    if others and not lines and logs.all_read(scene):
        what = f"other requests from Parallax, but none of the {count} failing ones"
        return f"the ingress log contains {what}"
    return None


def _forwarded(scene: Scene, lines: tuple[Sighting, ...]) -> str:
    """Return where the ingress sent the logged requests instead of rejecting them.

    The default backend has no rules of an Ingress: they are hidden if it gets all.
    """
    default = all(line.upstream_name == replicas.DEFAULT_BACKEND for line in lines)
    if default and not any(p.healthy for p in users.outside(scene, *AS_A_USER)):
        fault = "no rule of the ingress matched the logged requests"
        raise Hidden("a request that matched a rule", evidence=(fault,))
    where = "its default backend" if default else "a backend"
    return f"the ingress rejected no logged failing request; it sent each to {where}"


def _ended_before(scene: Scene, count: int) -> str:
    """Return that the ingress rejected no request; raise `Hidden` if it got none."""
    which = every(count, "failing response", "failing responses")
    own = f"the load balancer itself wrote {which}"
    served = sum(p.healthy for p in users.outside(scene, *AS_A_USER))
    if not served:
        raise Hidden("a request that reached the ingress", evidence=(own,))
    return f"{own}, and the ingress served the other {served}"


def _replayed_all(
    scene: Scene, requests: tuple[Probe, ...], lines: tuple[Sighting, ...]
) -> bool:
    """Return whether a cache replays every failure, and the ingress serves the rest."""
    others = users.outside(scene, Role.CACHE_BUSTER, Role.DIRECT)
    served = bool(others) and all(p.healthy for p in others)
    replays = all(users.written_by(p).how == "replayed" for p in requests)
    return replays and served and not lines


def _no_rejection(status: int | None) -> str | None:
    """Return that the ingress's own status rejects nobody; None: no own status."""
    if status is None:
        return None
    if status in BEFORE_RULES:
        fault = f"the ingress itself responded {status}, before it applied any rule"
        raise Hidden("a request that matched a rule", evidence=(fault,))
    codes = ", ".join(map(str, ingress_rules.RULES))
    return f"the ingress itself responded {status}; a rejection is one of {codes}"


def _rejected(lines: tuple[Sighting, ...], status: int | None) -> tuple[Sighting, ...]:
    """Return the log lines without an upstream, with this status or any."""
    return tuple(
        line
        for line in lines
        if line.upstream_address is None and status in (None, line.status_code)
    )


def _replicas_differ(scene: Scene, status: int) -> bool:
    """Return whether the replicas' responses to internal probes differ."""
    results = {p.status_code == status for p in replicas.replies(scene)}
    return len(results) > 1


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find the rule, and the ingress's error log."""
    namespace = pods.service_name(scene).partition("/")[0]
    where = ingress.service_name(scene).partition("/")[0]
    name = inside.cluster(scene).ingress_name or ""
    named = f" {quote(name.rpartition('/')[2])}" if name else ""
    look = NextStep(
        text=_which_rule(scene),
        command=f"kubectl -n {quote(namespace)} describe ingress{named}",
    )
    requests = users.failing(scene, *AS_A_USER)
    lines = _rejected(scene.sightings_of(*requests), None)
    pod = next((line.pod for line in lines if line.pod), None)
    errors = "--since=15m | grep -F '[error]'"
    show = f"logs {quote(pod)} {errors}" if pod else "get pods -o wide"
    log = NextStep(
        text=f"{_which_pod(lines, pod)} Its error log has the reason and, after"
        " `client:`, the address that the ingress saw. If that is the load balancer's"
        " or a node's address, the rule treats all users as one client: let the ingress"
        " get their addresses (PROXY protocol or X-Forwarded-For). If it is the"
        " client's own address, the rule or its limit is too strict for this client:"
        " change it."
        if pod
        else "Find the ingress's pods. In their error logs, find the rule that rejected"
        " the request.",
        command=f"kubectl -n {quote(where)} {show}",
    )
    return (log, look) if pod else (look, log)


def _which_pod(lines: tuple[Sighting, ...], pod: str | None) -> str:
    node = next((line.node for line in lines if line.pod == pod), "a node")
    return f"{pod} on {node} rejected a request from Parallax."


def _which_rule(scene: Scene) -> str:
    """Return which annotation to read, if one can produce the status."""
    status = ingress.most_frequent_status(scene)
    rules = ingress_rules.rules(scene, status) if status else ()
    shown = [rule for rule in rules if rule.startswith("annotation ")]
    if not shown:
        return "In the Ingress's annotations, look for a rule that rejects requests."
    return (
        f"Read the Ingress. Its {shown[0]} may reject the requests; the reason in the"
        " error log shows whether it did."
    )


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="The ingress itself rejects requests",
    assess=assess,
    next_steps=next_steps,
)
