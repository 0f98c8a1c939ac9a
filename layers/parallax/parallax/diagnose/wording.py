"""Wording: the words of a judgement whose way in is the app's own Service.

In: a judgement, its scene. Out: the judgement, with "the Service" where its sentences
name an ingress that is not on the path. It does not: change a fact, a name or a
command.
"""

from dataclasses import replace

from parallax.evidence import inside
from parallax.evidence.scene import Scene
from parallax.model.judgement import (
    Assessment,
    Candidate,
    HopSeen,
    Judgement,
    Lead,
    NextStep,
)

_WORDS = (
    ("behind the ingress", "behind the load balancer"),
    ("the ingress's NodePort", "the Service's NodePort"),
    ("the ingress Service", "the Service"),
    ("the ingress's", "the Service's"),
    ("the ingress", "the Service"),
    ("an ingress pod", "a pod of the Service"),
    ("ingress pod", "pod of the Service"),
)
"""What stands for the ingress; "an ingress" in "not to an ingress" stays."""


def without_ingress(judgement: Judgement, scene: Scene) -> Judgement:
    """Return the judgement in the words of a path without an ingress."""
    if not inside.no_ingress(scene):
        return judgement
    return replace(
        judgement,
        title=_worded(judgement.title),
        assessments=tuple(map(_assessment, judgement.assessments)),
        path=tuple(map(_hop, judgement.path)),
        next_steps=tuple(map(_step, judgement.next_steps)),
        lead=_lead(judgement.lead) if judgement.lead else None,
    )


def _worded(text: str) -> str:
    for old, new in _WORDS:
        text = text.replace(old, new)
    return text


def _assessment(one: Assessment) -> Assessment:
    return replace(
        one,
        evidence=tuple(map(_worded, one.evidence)),
        missing=tuple(map(_worded, one.missing)),
        hidden_by=_worded(one.hidden_by) if one.hidden_by else None,
    )


def _lead(one: Lead) -> Lead:
    return replace(
        one,
        observation=_worded(one.observation),
        excludes=_worded(one.excludes),
        candidates=tuple(map(_candidate, one.candidates)),
    )


def _candidate(one: Candidate) -> Candidate:
    return replace(
        one,
        title=_worded(one.title),
        evidence=tuple(map(_worded, one.evidence)),
        missing=tuple(map(_worded, one.missing)),
    )


def _hop(one: HopSeen) -> HopSeen:
    return replace(one, seen=_worded(one.seen))


def _step(one: NextStep) -> NextStep:
    return replace(one, text=_worded(one.text))
