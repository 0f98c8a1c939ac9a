"""Also true: faults that would remain after the repair of the named cause.

In: a scene, the causes with their assessments, the named cause. Out: the assessments;
a cause is supported whose fault is proven, and which users' requests do not reach.
It does not: name a cause. Without a named cause nothing explains where requests end.
"""

from collections.abc import Sequence

from parallax.causes.cause import Cause, supported
from parallax.diagnose.naming import merged, with_explanations
from parallax.evidence.reading import Missing, Unreached
from parallax.evidence.scene import Scene
from parallax.model.judgement import Answer, Assessment


def with_also_true(
    scene: Scene,
    causes: Sequence[Cause],
    assessments: Sequence[Assessment],
    cause: Cause,
) -> tuple[Assessment, ...]:
    """Return the assessments, with the faults beside the named cause."""
    is_open = {a.cause for a in assessments if a.answer is Answer.UNKNOWN}
    behind = {
        other.id: supported(other.id, *gap.evidence, _link(cause), reason=gap.reason)
        for other in causes
        if other.id in is_open
        and other.hop is not cause.hop
        and (gap := proof(other, scene))
        and gap.evidence
    }
    found = merged(assessments, behind)
    new = {a.cause: a for a in with_explanations(causes, found)}
    return tuple(new[a.cause] if a.cause in behind else a for a in found)


def _link(cause: Cause) -> str:
    """Return why the named cause leaves open where users' requests would end."""
    return f"another fault is named, and it hides the effect of this one: {cause.title}"


def proof(cause: Cause, scene: Scene) -> Unreached | None:
    """Return the proof of a fault that users' requests do not reach; None: none."""
    try:
        cause.assess(scene)
    except Unreached as gap:
        return gap
    except Missing:
        return None
    except Exception:  # noqa: BLE001 - the engine reports it in the assessment
        return None
    return None
