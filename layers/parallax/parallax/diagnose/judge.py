"""Judge: from a snapshot to a judgement.

In: a snapshot. Out: the symptom, the named cause or `not-established`, the assessment
of every cause, the path, the next steps.
It does not: call other services, read a clock, or remember earlier judgements.
"""

from dataclasses import replace

from parallax.advice import advise
from parallax.causes import CAUSES, Cause
from parallax.causes.cause import hidden, refuted, unknown
from parallax.diagnose import bypass, each_balancer
from parallax.diagnose.also_true import with_also_true
from parallax.diagnose.complete import complete, to_come
from parallax.diagnose.lead import at_the_balancer, lead
from parallax.diagnose.naming import merged, named, with_explanations
from parallax.diagnose.path import balancer_responded, blame, trace
from parallax.diagnose.rule_break import only_if_it_explains
from parallax.diagnose.settling import settling
from parallax.diagnose.sides import with_sides
from parallax.diagnose.symptom import read_symptom
from parallax.diagnose.without_future import without_future
from parallax.diagnose.wording import in_words_of_the_path
from parallax.evidence.reading import Absent, Hidden, Missing
from parallax.evidence.scene import Scene
from parallax.model.judgement import (
    NONE,
    NOT_ESTABLISHED,
    Assessment,
    Class,
    Difference,
    Judgement,
    NextStep,
    Symptom,
    View,
)
from parallax.model.snapshot import Snapshot

NO_REPORTS = NextStep(
    text="Check why no agent reports.",
    command="kubectl get pods -A -o wide -l app.kubernetes.io/name=parallax-agent",
)
"""The step if a target names a cluster, and no agent of it reports."""


def judge(snapshot: Snapshot) -> Judgement:
    """Judge a target. If users are served, the cause is `none`."""
    seen = without_future(snapshot)
    whole = Scene.of(seen)
    symptom = read_symptom(whole)
    judged = [
        (scene, in_words_of_the_path(_seen_from_both_sides(scene, symptom), scene))
        for scene in each_balancer.scenes(whole, seen)
    ]
    return each_balancer.together(whole, judged)


def _seen_from_both_sides(scene: Scene, symptom: Symptom) -> Judgement:
    judgement = _judge(scene, symptom)
    return replace(judgement, path=with_sides(scene, judgement.path))


def _judge(scene: Scene, symptom: Symptom) -> Judgement:
    answers = tuple(ask(cause, scene) for cause in CAUSES)
    assessments = with_explanations(CAUSES, answers)
    path, waits, is_complete = trace(scene), settling(scene), complete(scene)
    advice = advise(scene)
    failing = symptom.external is View.FAILING
    choice = named(CAUSES, assessments) if failing else None
    if failing and choice is None:
        assessments = bypass.instead(scene, CAUSES, assessments, ask)
        choice = named(CAUSES, assessments)
    if choice is None:
        found = lead(scene, CAUSES, assessments) if failing else None
        return Judgement(
            symptom=symptom,
            class_=None,
            hop=None,
            cause=NONE if symptom.external is View.HEALTHY else NOT_ESTABLISHED,
            title=_title(symptom),
            settling=waits,
            # Evidence that is still to come may establish a cause.
            complete=is_complete and not to_come(scene),
            assessments=assessments,
            path=path,
            next_steps=_to_establish(scene, found[1] if found else None),
            advice=advice,
            lead=found[0] if found else None,
        )
    cause, shown = choice
    hidden_ones = bypass.behind(scene, CAUSES, cause, ask)
    assessments = merged(assessments, hidden_ones)
    assessments = with_also_true(scene, CAUSES, assessments, cause)
    return Judgement(
        symptom=symptom,
        class_=cause.class_,
        hop=cause.hop,
        cause=cause.id,
        title=cause.title,
        reason=next(a.reason for a in assessments if a.cause == cause.id),
        settling=waits,
        complete=is_complete,
        assessments=assessments,
        path=blame(path, cause.hop, shown, responded=balancer_responded(scene)),
        next_steps=steps(cause, scene),
        advice=advice,
    )


def ask(cause: Cause, snapshot: Snapshot) -> Assessment:
    """Assess one cause; its answer is unknown if evidence is missing or it fails.

    A cause that another fault hides is unknown too, never ruled out.
    """
    scene = Scene.of(snapshot)
    try:
        return only_if_it_explains(scene, cause, cause.assess(scene))
    except Absent as gap:
        # Only a cause of that hop is ruled out; another one may only look at it.
        if cause.class_ is Class.LOAD_BALANCER:
            return refuted(cause.id, *gap.why)
        return unknown(cause.id, *gap.why, evidence=gap.evidence)
    except Hidden as gap:
        *shown, fault = gap.evidence or gap.why
        return hidden(cause.id, fault, evidence=tuple(shown))
    except Missing as gap:
        return unknown(cause.id, *gap.why, evidence=gap.evidence)
    except Exception as error:  # noqa: BLE001 - a bug in one cause must not stop the others
        return unknown(
            cause.id, f"the assessment failed: {type(error).__name__}: {error}"
        )


def steps(cause: Cause, snapshot: Snapshot) -> tuple[NextStep, ...]:
    """Return the next steps of a cause; none if they fail, or evidence is missing.

    The cause is named nevertheless.
    """
    try:
        return cause.next_steps(Scene.of(snapshot))
    except Exception:  # noqa: BLE001 - the finding matters more than its next steps
        return ()


def _title(symptom: Symptom) -> str:
    if symptom.external is View.UNKNOWN and symptom.total:
        return "Unknown: Parallax itself is blind"
    if symptom.external is View.UNKNOWN:
        return "Unknown: no recent external probe"
    if symptom.external is View.FAILING:
        return "The cause is not established"
    if symptom.difference is Difference.INTERNAL_ONLY:
        return "Users are served; some probes inside the cluster fail"
    return "The target is healthy"


def _to_establish(scene: Scene, decides: NextStep | None) -> tuple[NextStep, ...]:
    """Return the step that decides, then steps that gather missing evidence."""
    if decides is None:
        return ()
    steps = [decides, *at_the_balancer.unread(scene)]
    if scene.target.reached.cluster and not scene.live_reports:
        steps.append(NO_REPORTS)
    commands = [step.command for step in steps]
    return tuple(s for n, s in enumerate(steps) if s.command not in commands[:n])
