"""Naming: which of the causes that the evidence shows is named, and which it explains.

In: the causes, and each one's assessment. Out: the same assessments, with the cause
that explains another one that is true as well; and the cause to name.
It does not: assess anything, or know what the causes are about.
Learned from Alertmanager, where inhibition is declared and not programmed.
"""

from collections.abc import Sequence
from dataclasses import replace

from parallax.causes.cause import Cause
from parallax.diagnose.reach import ORDER
from parallax.model.judgement import Answer, Assessment


def with_explanations(
    causes: Sequence[Cause], assessments: Sequence[Assessment]
) -> tuple[Assessment, ...]:
    """Return the assessments; each true cause with the first true one that explains it.

    A cause explains another only where the evidence shows both.
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
    """Return the cause to name, and the first sentence that shows it; None: none is.

    Of the true causes that no other explains, the outermost: users meet it first.
    """
    by_id = {cause.id: cause for cause in causes}
    shown = [
        (by_id[a.cause], next(iter(a.evidence), by_id[a.cause].title))
        for a in assessments
        if a.answer is Answer.SUPPORTED and a.explained_by is None
    ]
    return min(shown, key=lambda pair: ORDER.index(pair[0].hop), default=None)
