"""One replica of the ingress answers otherwise than the others.

Meaning: a controller pod kept an old configuration (its reload failed, it lost the
API, its rollout hangs). It has no rule for the host, an empty Service, or pods that
are gone; the other replicas are right.

Impact: the share of requests that the balancer gives to that replica fails, for
users and inside alike; asking again often helps.

Diagnosis: some users fail and some don't; what the failing ones get is the ingress's
own 404 or 503 without an app asked, or an error after it asked an address that is no
endpoint any more. And the split goes along with the replica: asked one by one
inside, some pods answer so each time and the others well; or the ingress log has all
failing requests at some pods and none of the good ones, which chance would do in one
case of fifty at most (Fisher's exact test, times the ways to choose the pods).

Neighbors: `service-without-endpoints` and `ingress-does-not-know-host` fail at every
replica; `overlay-between-nodes-broken` ends at pods that exist;
`lb-some-targets-unhealthy` ends at the balancer; `ingress-rejects-request` goes along
with who asks.

Mitigation: restart that replica; then see why it did not reload.

Source: reference signatures.md, sections 2 and 3 (G: mixed results).
"""

from shlex import quote

from parallax.causes.cause import Cause, refuted, supported
from parallax.evidence import ingress, ingress_rules, pods, replicas, users
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.cluster import Sighting
from parallax.model.finding import Assessment, Class, Hop, NextStep
from parallax.model.probe import Probe, Role

ID = "ingress-replica-out-of-step"
NOT_FOUND = 404
"""No limit and no mood of a pod says so by turns: two answers inside are enough."""
ASKED_NOBODY = (NOT_FOUND, 503)
"""What an ingress says by itself without a rule, or without a pod."""
TWICE = 2


def assess(scene: Scene) -> Assessment:
    """Ask whether the failing share goes along with a replica of the ingress."""
    requests, failing = users.outside(scene, *users.AS_A_USER), users.failed(scene)
    its_pods = scene.cluster.ingress_pods if scene.cluster else None
    if its_pods is not None and len(its_pods) == 1:
        return refuted(ID, f"the ingress has one replica, {its_pods[0].name}")
    if alike := _alike(scene):
        return refuted(ID, alike)
    if len(failing) == len(requests):
        raise Missing("a good answer among the failing ones, to compare with")
    own = [p for p in failing if _is_own(scene, p)]
    if 2 * len(own) <= len(failing):
        raise Missing("a page of the ingress itself in most failing requests")
    if reason := _behind_it(scene, own) or _limited(scene, own):
        raise Missing(reason)
    wrong, right = _asked(scene)
    bad, good = _lines(scene, healthy=False), _lines(scene, healthy=True)
    named = {line.pod for line in bad}
    if named & right:
        raise Missing("why a replica that answers well inside fails outside")
    said = {p.status_code for p in own}
    if said <= _statuses(scene, wrong) and (
        said == {NOT_FOUND} or _no_chance(scene, wrong, right)
    ):
        logged = (_logged(bad, named),) if named else ()
        return supported(ID, _told(scene, wrong, right), *logged)
    if _split(bad, good):
        return supported(ID, _logged(bad, named), _well(good))
    raise Missing("each replica's own answer, or more lines of the ingress log")


def _is_own(scene: Scene, probe: Probe) -> bool:
    """Say whether the ingress wrote a page: by its look, or its log says so."""
    return ingress.wrote_page(probe) or any(
        line.status_code == probe.status_code and replicas.matched_no_rule(line)
        for line in scene.sightings_of(probe)
    )


def _behind_it(scene: Scene, own: list[Probe]) -> str | None:
    """Say what speaks for a fault behind the ingress, that all replicas share."""
    found = pods.known_endpoints(scene)
    if found and not pods.ready(found):
        return "a ready endpoint, which an ingress in step could ask"
    lines = scene.sightings_of(*own)
    said = {p.status_code for p in scene.inside(Role.POD) if not p.healthy}
    if not lines and said & {p.status_code for p in own}:
        return "why pods themselves answer so, asked directly"
    if any(not _out_of_step(scene, line) for line in lines):
        return "why the ingress asked a pod that the Service has"
    if not lines and not {p.status_code for p in own} <= set(ASKED_NOBODY):
        return "lines of the ingress log: whom it asked"
    return None


def _limited(scene: Scene, own: list[Probe]) -> str | None:
    """Say that the replica may only have reached a limit, which each counts alone."""
    said = {p.status_code for p in own if p.status_code is not None}
    named = [rule for status in said for rule in ingress_rules.limits(scene, status)]
    return f"whether it is no limit that was reached ({named[0]})" if named else None


def _out_of_step(scene: Scene, line: Sighting) -> bool:
    return replicas.matched_no_rule(line) or replicas.used_removed_endpoint(scene, line)


def _asked(scene: Scene) -> tuple[set[str | None], set[str | None]]:
    """Return the replicas that always failed when asked, twice at least, and the well.

    Nothing where one replica answers now so and now so: then it is not the replica.
    """
    answers = replicas.replies(scene)
    well = {p.pod for p in answers if p.healthy}
    own = [p.pod for p in answers if not p.healthy and _is_the_ingresss(scene, p)]
    if any(not p.healthy and p.pod in well for p in answers):
        return set(), set()
    return {pod for pod in own if own.count(pod) >= TWICE}, well


def _is_the_ingresss(scene: Scene, probe: Probe) -> bool:
    """Say whether an ingress pod wrote an answer: by its look, or no pod says so."""
    its_pods = {p.status_code for p in scene.inside(Role.POD)}
    unmarked = users.written_by(probe).hop == "unknown"
    said = its_pods and probe.status_code not in its_pods
    return ingress.wrote_page(probe) or bool(unmarked and said)


def _no_chance(scene: Scene, wrong: set[str | None], right: set[str | None]) -> bool:
    """Say whether answers inside and lines of the log part too clearly for chance."""
    answers = replicas.replies(scene)
    bad = sum(p.pod in wrong for p in answers) + len(_lines(scene, healthy=False))
    good = sum(p.pod in right for p in answers) + len(_lines(scene, healthy=True))
    return bool(wrong and right) and replicas.split_is_significant(
        bad, good, wrong, right
    )


def _statuses(scene: Scene, its_pods: set[str | None]) -> set[int | None]:
    answers = replicas.replies(scene)
    return {p.status_code for p in answers if p.pod in its_pods}


def _alike(scene: Scene) -> str | None:
    """Say that all replicas answer alike, asked one by one, each twice; else None."""
    answers = replicas.replies(scene)
    known = scene.cluster.ingress_pods if scene.cluster else None
    asked = [p.pod for p in answers]
    if known is None or not known or len({p.status_code for p in answers}) != 1:
        return None
    if any(asked.count(pod.name) < TWICE for pod in known):
        return None
    return f"inside, all {len(known)} replicas answer {answers[0].status_code}"


def _lines(scene: Scene, *, healthy: bool) -> tuple[Sighting, ...]:
    """Return the log's lines of outside probes that fared so, with their pod."""
    probes = users.outside(scene, *users.FOR_THE_TARGET)
    lines = scene.sightings_of(*(p for p in probes if p.healthy is healthy))
    return tuple(line for line in lines if line.pod is not None)


def _split(bad: tuple[Sighting, ...], good: tuple[Sighting, ...]) -> bool:
    """Say whether good and failing requests went to different pods, not by chance."""
    wrong, right = {line.pod for line in bad}, {line.pod for line in good}
    if not wrong or not right or wrong & right:
        return False
    return replicas.split_is_significant(len(bad), len(good), wrong, right)


def _told(scene: Scene, wrong: set[str | None], right: set[str | None]) -> str:
    names = ", ".join(sorted(str(pod) for pod in wrong))
    said = ", ".join(sorted(str(code) for code in _statuses(scene, wrong)))
    whole = len(wrong) + len(right)
    share = of(len(wrong), whole)
    return f"inside, {share} replicas answer {said} ({names}), the others well"


def _logged(bad: tuple[Sighting, ...], its_pods: set[str | None]) -> str:
    names = ", ".join(sorted(str(pod) for pod in its_pods))
    return f"ingress log: all {len(bad)} failing requests in it went to {names}"


def _well(good: tuple[Sighting, ...]) -> str:
    others = len({line.pod for line in good})
    return f"ingress log: {len(good)} good ones went to {others} other replicas"


def _culprits(scene: Scene) -> list[str]:
    wrong, _ = _asked(scene)
    found = wrong or {line.pod for line in _lines(scene, healthy=False)}
    return sorted(str(pod) for pod in found)


def next_steps(scene: Scene) -> tuple[NextStep, ...]:
    """Tell how to see why the replica is behind, and to start it anew."""
    namespace = ingress.service_name(scene).partition("/")[0]
    kubectl = f"kubectl -n {quote(namespace)}"
    steps: list[NextStep] = []
    for pod in _culprits(scene)[:2]:
        log = f"{kubectl} logs {quote(pod)} --since=1h"
        steps += [
            NextStep(
                text=f"Read why {pod} did not take the newest configuration.",
                command=f"{log} | grep -Ei 'reload|error|watch'",
            ),
            NextStep(
                text="Let it be made anew.",
                command=f"{kubectl} delete pod {quote(pod)}",
            ),
        ]
    every = NextStep(
        text="See all replicas, their age and restarts.",
        command=f"{kubectl} get pods -o wide",
    )
    return (*steps, every)


CAUSE = Cause(
    id=ID,
    class_=Class.BACKEND,
    hop=Hop.INGRESS,
    title="One replica of the ingress is out of step with the others",
    assess=assess,
    next_steps=next_steps,
)
