"""Lead: what to tell if no cause is established.

In: a scene, the causes, the assessment of each. Out: the most telling observation, what
it excludes, the few causes that remain, and the command that decides between them.
It does not: name a cause. An observation is a fact; what remains may be none of them.
"""

from collections.abc import Sequence
from dataclasses import replace

from parallax.causes.cause import Cause
from parallax.diagnose.lead import (
    balancer_clues,
    connection,
    log,
    name,
    pods,
    response,
    rule_break,
)
from parallax.diagnose.lead.candidates import candidates
from parallax.diagnose.lead.inside import at_an_ingress
from parallax.diagnose.lead.observation import (
    BEFORE_THE_INGRESS,
    IN_THE_CLUSTER,
    Observation,
)
from parallax.diagnose.symptom import tally
from parallax.evidence import balancer, ingress, inside
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.model.judgement import Assessment, Hop, Lead, NextStep

OBSERVERS = (
    name.unresolved,
    name.elsewhere,
    connection.not_connected,
    balancer_clues.proxy_header,
    connection.refused_in_tls,
    connection.closed,
    response.cut_off,
    rule_break.breaks_the_rule,
    response.redirected,
    response.stored,
    pods.unreachable,
    balancer_clues.unknown_port,
    balancer_clues.quick_failure,
    log.in_no_log,
    log.at_the_ingress,
    response.written,
    response.unattributed,
    connection.no_response,
)
"""The first that observes something is the most telling: by how much it excludes."""


def lead(
    scene: Scene, causes: Sequence[Cause], assessments: Sequence[Assessment]
) -> tuple[Lead, NextStep] | None:
    """Return the lead and the step that decides; None: no failing external probe."""
    seen = _first(scene)
    if seen is None:
        return None
    seen = _with_inside(scene, seen)
    remaining = candidates(seen, causes, assessments)
    found = Lead(
        observation=seen.text,
        excludes=seen.excludes,
        unobserved=_unobserved(scene),
        candidates=tuple(remaining),
    )
    return found, seen.step


def _unobserved(scene: Scene) -> str:
    """Return which observers are silent: silence does not mean health."""
    reached = scene.target.reached
    texts: list[str] = []
    has_one = not balancer.none_in_the_path(scene)
    if has_one and reached.balancer_name and scene.load_balancer is None:
        name = balancer.name(scene)
        texts.append(f"Hetzner API data of {name} is missing{_why(scene)}.")
    if reached.cluster and not scene.live_reports:
        why = inside.why_no_reports(scene)
        texts.append(f"Nothing inside the cluster was observed: {why}.")
    return " ".join(texts)


def _why(scene: Scene) -> str:
    """Return why the load balancer was not read."""
    problem = scene.balancer.problem if scene.balancer else None
    return f" ({str(problem).replace('_', ' ')})" if problem else ""


def _with_inside(scene: Scene, seen: Observation) -> Observation:
    """Return the observation with what fails inside the cluster as well.

    The load balancer cannot cause that. So nothing inside is excluded then, and the
    first thing to check is there.
    """
    requests = ingress.correctly_addressed(scene)
    failing = tuple(p for p in requests if not p.healthy)
    is_before = seen.hops & BEFORE_THE_INGRESS and not seen.hops <= {Hop.DNS}
    if 2 * len(failing) <= len(requests) or not is_before:
        return seen
    text = f"{seen.text}; inside the cluster the ingress's responses are"
    return replace(
        seen,
        text=f"{text} {tally(requests)}",
        excludes="",
        hops=seen.hops | IN_THE_CLUSTER,
        step=seen.step if seen.decides else at_an_ingress(scene) or seen.step,
    )


def _first(scene: Scene) -> Observation | None:
    for observer in OBSERVERS:
        try:
            seen = observer(scene)
        except Missing:
            continue
        if seen is not None:
            return seen
    return None
