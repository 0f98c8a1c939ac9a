"""Report lines: a judgement as text for the terminal.

In: a snapshot. Out: lines. It does not: print them.
"""

from collections.abc import Iterator

from bench.accuracy.score import named
from parallax.diagnose.judge import judge
from parallax.model.snapshot import Snapshot


def judged(snapshot: Snapshot) -> Iterator[str]:
    """Yield what a judgement states, and each cause's answer."""
    judgement = judge(snapshot)
    yield f"judged    {named(snapshot)[0]}: {judgement.title}"
    yield f"symptom   {judgement.symptom.summary}"
    for hop in judgement.path:
        yield f"path      {hop.hop}: {hop.state} {hop.seen}"
    for x in judgement.assessments:
        by = (f"explained by {x.explained_by}",) if x.explained_by else ()
        words = "; ".join((*x.evidence, *by, *(f"missing: {m}" for m in x.missing)))
        yield f"{x.answer:<9} {x.cause}: {words}"
