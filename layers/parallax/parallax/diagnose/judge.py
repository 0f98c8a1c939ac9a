"""Judge: from a snapshot to a judgement.

In: a snapshot. Out: the symptom, the cause that is named or `not-established`, every
cause's answer, the path, the next steps.
It does not: call out, look at a clock, or remember earlier judgements.
"""

from shlex import quote

from parallax.advice import advise
from parallax.causes import CAUSES, Cause
from parallax.causes.cause import unknown
from parallax.diagnose.complete import complete, to_come
from parallax.diagnose.naming import named, with_explanations
from parallax.diagnose.path import blame, trace
from parallax.diagnose.settling import settling
from parallax.diagnose.symptom import read_symptom
from parallax.diagnose.without_future import without_future
from parallax.evidence import balancer
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.model.balancer import Problem
from parallax.model.judgement import (
    NONE,
    NOT_ESTABLISHED,
    Assessment,
    Difference,
    Judgement,
    NextStep,
    Symptom,
    View,
)
from parallax.model.snapshot import Snapshot


def judge(snapshot: Snapshot) -> Judgement:
    """Judge a target. The public side decides: if it is well, the cause is `none`."""
    scene = Scene.of(without_future(snapshot))
    symptom = read_symptom(scene)
    answers = tuple(ask(cause, scene) for cause in CAUSES)
    assessments = with_explanations(CAUSES, answers)
    path, waits, whole = trace(scene), settling(scene), complete(scene)
    advice = advise(scene)
    failing = symptom.external is View.FAILING
    found = named(CAUSES, assessments) if failing else None
    if found is None:
        return Judgement(
            symptom=symptom,
            class_=None,
            hop=None,
            cause=NONE if symptom.external is View.HEALTHY else NOT_ESTABLISHED,
            title=_title(symptom),
            settling=waits,
            # What no cause shows may be seen in a moment.
            complete=whole and not to_come(scene),
            assessments=assessments,
            path=path,
            next_steps=_to_establish(scene, symptom),
            advice=advice,
        )
    cause, shown = found
    return Judgement(
        symptom=symptom,
        class_=cause.class_,
        hop=cause.hop,
        cause=cause.id,
        title=cause.title,
        settling=waits,
        complete=whole,
        assessments=assessments,
        path=blame(path, cause.hop, shown),
        next_steps=steps(cause, scene),
        advice=advice,
    )


def ask(cause: Cause, snapshot: Snapshot) -> Assessment:
    """Assess one cause. Missing evidence leaves it unknown, and so does its own bug."""
    try:
        return cause.assess(Scene.of(snapshot))
    except Missing as gap:
        return unknown(cause.id, *gap.why, evidence=gap.evidence)
    except Exception as error:  # noqa: BLE001 - a bug in one cause must not silence all
        return unknown(cause.id, f"this cause failed: {type(error).__name__}: {error}")


def steps(cause: Cause, snapshot: Snapshot) -> tuple[NextStep, ...]:
    """Return the next steps of a cause; none where it has a bug, or lacks a reading.

    A cause that was shown is named all the same.
    """
    try:
        return cause.next_steps(Scene.of(snapshot))
    except Exception:  # noqa: BLE001 - the finding counts more than what to type next
        return ()


def _title(symptom: Symptom) -> str:
    if symptom.external is View.UNKNOWN and symptom.total:
        return "Not known: Parallax itself is blind"
    if symptom.external is View.UNKNOWN:
        return "Not known: no fresh probe from outside"
    if symptom.external is View.FAILING:
        return "The cause is not established"
    if symptom.difference is Difference.INTERNAL_ONLY:
        return "Users are served; some probes inside fail"
    return "Nothing is wrong"


def _to_establish(scene: Scene, symptom: Symptom) -> tuple[NextStep, ...]:
    """Return the observations that would decide, when no cause is shown."""
    if symptom.external is not View.FAILING:
        return ()
    steps: list[NextStep] = [*_at_the_balancer(scene)]
    if scene.target.reached.cluster and not scene.live_reports:
        steps.append(
            NextStep(
                text="See why no agent reports from inside.",
                command="kubectl get pods -A -o wide"
                " -l app.kubernetes.io/name=parallax-agent",
            )
        )
    elsewhere = NextStep(
        text="Ask from elsewhere, and read who answers.",
        command=f"curl -sv --http1.1 -o /dev/null {quote(scene.target.url)}",
    )
    return (*steps, elsewhere)


def _at_the_balancer(scene: Scene) -> tuple[NextStep, ...]:
    """Return how to look at a balancer that no reading shows."""
    name, reading = scene.target.reached.load_balancer, scene.balancer
    if reading and reading.problem is Problem.NOT_FOUND:
        return (
            NextStep(
                text="See which load balancers the project has; name the one that"
                " serves the target, if one does, as reached.load_balancer.",
                command="hcloud load-balancer list",
            ),
        )
    if not name or not balancer.service.lacks(scene):
        return ()
    return (
        NextStep(
            text="Look at the balancer's targets by hand: are all unhealthy?",
            command=f"hcloud load-balancer describe {quote(name)}",
        ),
    )
