"""Naming: which of the supported causes is named, and which others it explains.

In: the causes, and the assessment of each. Out: the same assessments, each supported
one with the supported cause that explains it; and the cause to name.
It does not: assess anything, or depend on what the causes are about.
Modeled on the inhibition rules of Prometheus Alertmanager, which are declared, not
programmed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from parallax.causes.cause import Cause
from parallax.diagnose.reach import ORDER
from parallax.model.judgement import Answer, Assessment


def merged(
    assessments: Sequence[Assessment], found: Mapping[str, Assessment]
) -> tuple[Assessment, ...]:
    """Return the assessments; what was not determined is replaced by what is found."""
    return tuple(
        found[a.cause] if a.answer is Answer.UNKNOWN and a.cause in found else a
        for a in assessments
    )


def with_explanations(
    causes: Sequence[Cause], assessments: Sequence[Assessment]
) -> tuple[Assessment, ...]:
    """Return the assessments, each supported one with the first that explains it.

    A cause explains another only if the evidence supports both.
    """
    shown = {a.cause for a in assessments if a.answer is Answer.SUPPORTED}
    explained: dict[str, str] = {}
    for cause in causes:
        if cause.id in shown:
            for other in cause.explains:
                explained.setdefault(other, cause.id)
    return tuple(
        replace(a, explained_by=explained.get(a.cause)) if a.cause in shown else a
        for a in assessments
    )


def named(
    causes: Sequence[Cause], assessments: Sequence[Assessment]
) -> tuple[Cause, str] | None:
    """Return the cause to name, and its first evidence sentence; None: no cause.

    It is the outermost of the supported causes that no other one explains, because
    requests reach it first.
    """
    by_id = {cause.id: cause for cause in causes}
    shown = [
        (by_id[a.cause], next(iter(a.evidence), by_id[a.cause].title))
        for a in assessments
        if a.answer is Answer.SUPPORTED and a.explained_by is None
    ]
    return min(shown, key=lambda pair: ORDER.index(pair[0].hop), default=None)
