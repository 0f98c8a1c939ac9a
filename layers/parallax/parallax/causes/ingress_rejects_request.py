"""The ingress itself turns requests away: a limit, a list, a missing login.

Meaning: the ingress knows the host and has ready pods, and answers 401, 403, 413, 429
or 503 by itself, before any pod is asked: an address that is not allowed, too many
requests, a body too large, a login it wants.

Impact: those whom the rule meets fail; others, and often the inside, work.

Diagnosis: most failing users get the ingress's own page with such a status, its log
has our requests with that status and no upstream, and the Service has ready
endpoints. A 401, 403, 413 or 429 of the ingress is a rejection by itself; a 503 is one
only where an annotation of the target's Ingress or the controller's ConfigMap names
the limit, since a location that nginx denies, a limit and an empty Service write the
same page and the same line. A limit is counted by each replica, so they may differ.

Neighbors: `service-without-endpoints` and `pods-not-ready` have no ready endpoint;
`ingress-replica-out-of-step` fails at one replica only; `pod-answers-error` has the
pod's address in the log.

Mitigation: allow what should be allowed in the annotation that the evidence names.
A monitor's own address may have to be on the list as well.

Source: reference signatures.md, sections 1, 2 and 3.4 (limit-rps and a denied location
are 503, no upstream). Annotations: ingress-nginx, `docs/user-guide`.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import ingress, ingress_rules, inside, pods, replicas, users
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.finding import Assessment, Class, Hop, NextStep

ID = "ingress-rejects-request"
UNAVAILABLE = 503


def assess(scene: Scene) -> Assessment:
    """Ask whether the ingress turned users away before any pod was asked."""
    requests, endpoints = users.failed(scene), pods.endpoints(scene)
    state = pods.endpoints_text(scene)
    if not pods.ready(endpoints):
        return refuted(ID, f"{state}, so it has nobody to ask")
    lines = scene.sightings_of(*requests)
    asked_all = len(lines) == len(requests) and not _turned_away(lines, None)
    if lines and asked_all:
        return refuted(ID, "ingress log: it asked an upstream for each failing request")
    status = ingress.most_frequent_status(scene)
    if status not in ingress_rules.RULES:
        raise Missing("a page of the ingress itself that turns users away")
    away = _turned_away(lines, status)
    if 2 * len(away) <= len(requests):
        what = "lines of the ingress log without an upstream for most failing requests"
        raise Missing(what, evidence=(state,))
    if _of_one_pod(scene, status) and not ingress_rules.limits(scene, status):
        raise Missing("why only some replicas of the ingress answer so")
    share = of(len(away), len(requests))
    logged = f"ingress log: {share} failing requests got {status}, no upstream asked"
    rules = ingress_rules.rules(scene, status)
    if not rules and status == UNAVAILABLE:
        what = "a limit in the Ingress's annotations or the controller's ConfigMap"
        raise Missing(what, evidence=(logged, state))
    return supported(ID, logged, *rules, state)


def _turned_away(
    lines: tuple[Sighting, ...], status: int | None
) -> tuple[Sighting, ...]:
    """Return the lines that ended at the ingress, with this status or any."""
    return tuple(
        line
        for line in lines
        if line.upstream_address is None and status in (None, line.status_code)
    )


def _of_one_pod(scene: Scene, status: int) -> bool:
    """Say whether the replicas of the ingress differ in it, asked inside."""
    told = {p.status_code == status for p in replicas.replies(scene)}
    return len(told) > 1


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell where the rule stands, and what the ingress says of it."""
    namespace = pods.service_name(scene).partition("/")[0]
    where = ingress.service_name(scene).partition("/")[0]
    name = inside.cluster(scene).ingress_name or ""
    named = f" {quote(name.rpartition('/')[2])}" if name else ""
    look = NextStep(
        text="Read the rule in the Ingress's annotations.",
        command=f"kubectl -n {quote(namespace)} describe ingress{named}",
    )
    requests = users.failing(scene, *users.AS_A_USER)
    lines = _turned_away(scene.sightings_of(*requests), None)
    pod = next((line.pod for line in lines if line.pod), None)
    asked = f"logs {quote(pod)} --since=15m" if pod else "get pods -o wide"
    log = NextStep(
        text="Read which rule it was in the controller's error log.",
        command=f"kubectl -n {quote(where)} {asked}",
    )
    return look, log


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="The ingress itself turns requests away",
    assess=assess,
    next_steps=next_steps,
)
