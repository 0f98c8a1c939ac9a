"""One ingress replica responds differently from the others.

Meaning: a controller pod still has an old configuration: its reload failed, it lost the
connection to the API, or its rollout hangs. It has no rule for the host, no endpoints
for the Service, or removed pods. The other replicas are right.

Impact: the share of requests that this replica gets fails, externally and internally. A
retry often succeeds.

Diagnosis: some user requests fail and some do not. The failing ones get the ingress's
own 404 or 503 without an upstream. Or they get an error because the ingress used an
address that is no longer an endpoint. The failures follow the replica. Either internal
probes of single pods show it: some pods respond so each time, and the others succeed.
Or the ingress log has all failing requests, and no successful one, at some pods. By
chance this happens at most once in fifty cases (Fisher's exact test, multiplied by the
ways to choose the pods).

Neighbors: `service-without-endpoints` and `ingress-does-not-know-host` fail at every
replica. `overlay-between-nodes-broken` ends at existing pods.
`lb-some-targets-unhealthy` ends at the load balancer. `ingress-rejects-request` depends
on the client.

Mitigation: restart that replica. Then find why it did not reload.

Source: ingress-nginx documentation (reloads, log-format); R. A. Fisher's exact test.
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.causes.undo import RECREATED
from parallax.evidence import (
    ingress,
    ingress_rules,
    inside,
    nodes,
    pods,
    replicas,
    users,
)
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.judgement import Assessment, Class, Hop, NextStep
from parallax.model.probe import AS_A_USER, FOR_THE_TARGET, Probe, Role

ID = "ingress-replica-out-of-step"
NOT_FOUND = 404
"""No limit responds 404 intermittently, so two internal responses are enough."""
WITHOUT_UPSTREAM = (NOT_FOUND, 503)
"""Statuses of an ingress without a rule, or without a pod."""
TWICE = 2


def assess(scene: Scene) -> Assessment:
    """Check whether the failures follow an ingress replica."""
    requests, failing = users.outside(scene, *AS_A_USER), users.failed(scene)
    if alike := _without_another_replica(scene) or _equal_responses(scene):
        return refuted(ID, alike)
    if len(failing) == len(requests):
        what = f"all {len(requests)} external requests fail"
        raise Missing("a successful request to compare with", evidence=(what,))
    own = [p for p in failing if _is_own(scene, p)]
    if 2 * len(own) <= len(failing):
        raise Missing("the ingress's own page in most failing responses")
    if reason := _fault_behind(scene, own) or _limit_reached(scene, own):
        raise Missing(reason)
    wrong, right = _by_result(scene)
    bad, good = _lines(scene, healthy=False), _lines(scene, healthy=True)
    named = {line.pod for line in bad}
    if named & right:
        raise Missing("the reason why a replica fails only for external requests")
    statuses = {p.status_code for p in own}
    if statuses <= _statuses(scene, wrong) and (
        statuses == {NOT_FOUND} or _is_significant(scene, wrong, right)
    ):
        logged = (_logged(bad, named),) if named else ()
        return supported(ID, _difference(scene, wrong, right), *logged)
    if _split(bad, good):
        return supported(ID, _logged(bad, named), _successful(good))
    raise Missing("a probe of each ingress replica, or more ingress log lines")


def _without_another_replica(scene: Scene) -> str | None:
    """Return that the ingress has no replica that could differ; else None."""
    if bypassed := inside.no_ingress(scene):
        return bypassed
    its_pods = scene.cluster.ingress_pods if scene.cluster else None
    if its_pods is not None and len(its_pods) == 1:
        return f"the ingress has only one replica, {its_pods[0].name}"
    if its_pods == () and nodes.fully_read(scene, "ingress_pods"):
        return "the ingress has no pod, so no replica differs"
    return None


def _is_own(scene: Scene, probe: Probe) -> bool:
    """Return whether the ingress wrote a page, by its marks or by its log."""
    return ingress.wrote_page(probe) or any(
        line.status_code == probe.status_code and replicas.matched_no_rule(line)
        for line in scene.sightings_of(probe)
    )


def _fault_behind(scene: Scene, own: list[Probe]) -> str | None:
    """Return a doubt: the fault may be behind the ingress, for all replicas."""
    found = pods.known_endpoints(scene)
    if found and not pods.ready(found):
        return "a ready endpoint that the other replicas could use"
    lines = scene.sightings_of(*own)
    statuses = {p.status_code for p in scene.inside(Role.POD) if not p.healthy}
    if not lines and statuses & {p.status_code for p in own}:
        return "the reason why internal probes of pods get the same status"
    if any(not _is_outdated(scene, line) for line in lines):
        used = next(s for s in lines if not _is_outdated(scene, s)).upstream_address
        return (
            "a logged failing request that went to an old endpoint (the logged one went"
            f" to a current endpoint, {used})"
        )
    if not lines and not {p.status_code for p in own} <= set(WITHOUT_UPSTREAM):
        return "ingress log lines with the upstream of these requests"
    return None


def _limit_reached(scene: Scene, own: list[Probe]) -> str | None:
    """Return a doubt: the replica may have reached its own limit."""
    statuses = {p.status_code for p in own if p.status_code is not None}
    named = [
        rule for status in statuses for rule in ingress_rules.limits(scene, status)
    ]
    return f"whether a limit was reached ({named[0]})" if named else None


def _is_outdated(scene: Scene, line: Sighting) -> bool:
    return replicas.matched_no_rule(line) or replicas.used_removed_endpoint(scene, line)


def _by_result(scene: Scene) -> tuple[set[str | None], set[str | None]]:
    """Return the replicas that always failed, with two probes at least, and the others.

    Both are empty if one replica responds inconsistently: then it is not the replica.
    """
    answers = replicas.replies(scene)
    working = {p.pod for p in answers if p.healthy}
    own = [p.pod for p in answers if not p.healthy and _is_from_ingress(scene, p)]
    if any(not p.healthy and p.pod in working for p in answers):
        return set(), set()
    return {pod for pod in own if own.count(pod) >= TWICE}, working


def _is_from_ingress(scene: Scene, probe: Probe) -> bool:
    """Return whether an ingress pod wrote a response: by marks, or no pod has it."""
    its_pods = {p.status_code for p in scene.inside(Role.POD)}
    unmarked = users.written_by(probe).hop == "unknown"
    no_pod_has_it = its_pods and probe.status_code not in its_pods
    return ingress.wrote_page(probe) or bool(unmarked and no_pod_has_it)


def _is_significant(
    scene: Scene, wrong: set[str | None], right: set[str | None]
) -> bool:
    """Return whether probes and log lines together are too clear for chance."""
    answers = replicas.replies(scene)
    bad = sum(p.pod in wrong for p in answers) + len(_lines(scene, healthy=False))
    good = sum(p.pod in right for p in answers) + len(_lines(scene, healthy=True))
    return bool(wrong and right) and replicas.split_is_significant(
        bad, good, wrong, right
    )


def _statuses(scene: Scene, its_pods: set[str | None]) -> set[int | None]:
    answers = replicas.replies(scene)
    return {p.status_code for p in answers if p.pod in its_pods}


def _equal_responses(scene: Scene) -> str | None:
    """Return that all replicas respond the same, with two probes each; else None."""
    answers = replicas.replies(scene)
    known = scene.cluster.ingress_pods if scene.cluster else None
    names = [p.pod for p in answers]
    if known is None or not known or len({p.status_code for p in answers}) != 1:
        return None
    if any(names.count(pod.name) < TWICE for pod in known):
        return None
    share = of(len(known), len(known))
    return f"{share} ingress replicas respond {answers[0].status_code}"


def _lines(scene: Scene, *, healthy: bool) -> tuple[Sighting, ...]:
    """Return the log lines with a pod of successful, or of failing, external probes."""
    probes = users.outside(scene, *FOR_THE_TARGET)
    lines = scene.sightings_of(*(p for p in probes if p.healthy is healthy))
    return tuple(line for line in lines if line.pod is not None)


def _split(bad: tuple[Sighting, ...], good: tuple[Sighting, ...]) -> bool:
    """Return whether failing requests used other pods than the rest, not by chance."""
    wrong, right = {line.pod for line in bad}, {line.pod for line in good}
    if not wrong or not right or wrong & right:
        return False
    return replicas.split_is_significant(len(bad), len(good), wrong, right)


def _difference(scene: Scene, wrong: set[str | None], right: set[str | None]) -> str:
    names = ", ".join(sorted(str(pod) for pod in wrong))
    codes = ", ".join(sorted(str(code) for code in _statuses(scene, wrong)))
    share = of(len(wrong), len(wrong) + len(right))
    verb = "responds" if len(wrong) == 1 else "respond"
    return f"{share} ingress replicas {verb} {codes} ({names}); the others succeed"


def _logged(bad: tuple[Sighting, ...], its_pods: set[str | None]) -> str:
    names = ", ".join(sorted(str(pod) for pod in its_pods))
    share = of(len(bad), len(bad))
    return f"ingress log: {share} logged failing requests went to {names}"


def _successful(good: tuple[Sighting, ...]) -> str:
    others = len({line.pod for line in good})
    return (
        f"ingress log: {len(good)} successful requests went to {others} other replicas"
    )


def _failing_replicas(scene: Scene) -> list[str]:
    wrong, _ = _by_result(scene)
    found = wrong or {line.pod for line in _lines(scene, healthy=False)}
    return sorted(str(pod) for pod in found)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to find why the replica is outdated, and how to restart it."""
    namespace = ingress.service_name(scene).partition("/")[0]
    kubectl = f"kubectl -n {quote(namespace)}"
    steps: list[NextStep] = []
    for pod in _failing_replicas(scene)[:2]:
        log = f"{kubectl} logs {quote(pod)} --since=1h"
        steps += [
            NextStep(
                text=f"In the log of {pod}, find why it responds differently.",
                command=f"{log} | grep -Ei 'reload|error|watch'",
            ),
            NextStep(
                text="Delete the pod; its controller creates a new one.",
                command=f"{kubectl} delete pod {quote(pod)}",
                undo_note=RECREATED,
            ),
        ]
    every = NextStep(
        text="Check that every replica is Running and ready. If one still responds"
        " with the error, compare its node and its log with those of the others.",
        command=f"{kubectl} get pods -o wide",
    )
    return (*steps, every)


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="One ingress replica differs from the others",
    assess=assess,
    next_steps=next_steps,
)
