"""Rule break: which causes may explain a response that breaks the target's rule.

In: a scene, a cause and its assessment. Out: the assessment; a supported one is not
determined if the fault cannot make a complete response wrong or slow.
It does not: assess anything. A wrong blame would name a true fault that users do not
meet.
"""

from parallax.causes.cause import Cause, unknown
from parallax.evidence import rule_breaks
from parallax.evidence.scene import Scene
from parallax.model.judgement import Answer, Assessment, Hop

_WRONG_CONTENT = frozenset({"pod-answers-error", "cache-replays-error"})
"""Beside the causes at the name, which may lead to a server with another page."""
_SLOW = frozenset({"pod-too-slow"})


def only_if_it_explains(
    scene: Scene, cause: Cause, assessment: Assessment
) -> Assessment:
    """Return the assessment, or that the fault does not explain what users get."""
    if assessment.answer is not Answer.SUPPORTED or not rule_breaks.of_users(scene):
        return assessment
    if rule_breaks.is_only_slow(scene):
        explains = cause.id in _SLOW
    else:
        explains = cause.id in _WRONG_CONTENT or cause.hop is Hop.DNS
    if explains:
        return assessment
    lacking = rule_breaks.text(scene, rule_breaks.of_users(scene)[0])
    what = f"how this makes a complete response break the target's rule ({lacking})"
    return unknown(cause.id, what, evidence=assessment.evidence)
