"""Candidates: the few causes that the evidence neither proves nor rules out.

In: an observation, the causes, the assessments. Out: at most three candidates.
It does not: estimate probabilities. Causes with a part of their proof come first.
"""

from collections.abc import Sequence

from parallax.causes.cause import Cause
from parallax.diagnose.lead.observation import Observation
from parallax.model.judgement import Answer, Assessment, Candidate

LISTED = 3


def candidates(
    seen: Observation, causes: Sequence[Cause], assessments: Sequence[Assessment]
) -> list[Candidate]:
    """Return the undetermined causes at the hops that the observation leaves open.

    A cause that another fault hides is left out: nothing can decide on it now.
    """
    answers = {a.cause: a for a in assessments}
    pairs = [(c, answers[c.id]) for c in causes if c.id in answers]
    fitting = [
        (c, a)
        for c, a in pairs
        if c.hop in seen.hops and c.id not in seen.excluded and _is_open(a)
    ]
    fitting.sort(key=lambda pair: (not pair[1].evidence, len(pair[1].missing)))
    return [
        Candidate(cause=c.id, title=c.title, evidence=a.evidence, missing=a.missing)
        for c, a in fitting[:LISTED]
    ]


def _is_open(assessment: Assessment) -> bool:
    return assessment.answer is Answer.UNKNOWN and assessment.hidden_by is None
