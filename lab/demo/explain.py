"""Explain: a judgement as lines for a log, so that a wrong blame can be mended from it.

In: a judgement, or a finding that holds its snapshot. Out: text.
It does not: judge anew what the functions judged, unless from the same snapshot.
"""

from typing import Any

from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.model.judgement import Judgement
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode


def explain(target: str, judged: Judgement) -> str:
    """Return what was seen, and what each cause said to it."""
    whole = f"complete: {judged.complete}, settling: {judged.settling}"
    lines = [f"{target}: {judged.cause}, {whole}", f"  {judged.symptom.summary}"]
    lines += [f"  {h.hop.value}: {h.state.value}: {h.seen}" for h in judged.path]
    for told in judged.assessments:
        lines.append(f"  {told.answer.value:9} {told.cause}")
        lines += [f"      {sentence}" for sentence in told.evidence]
        lines += [f"      not known: {what}" for what in told.missing]
    return "\n".join(lines)


def explain_finding(finding: dict[str, Any]) -> str:
    """Return the same of a finding as it was published."""
    told = finding["data"]
    if told["snapshot"] is None:
        return f"{told['target']}: {told['cause']} (too large for its snapshot)"
    snapshot = decode(Snapshot, told["snapshot"])
    return explain(told["target"], judged_again(told["target"], snapshot))


def judged_again(subject: str, snapshot: Snapshot) -> Judgement:
    """Judge a snapshot anew: its target, or the source of evidence that is meant."""
    silent = {s.subject: s.judgement for s in silences(snapshot)}
    return silent.get(subject) or judge(snapshot)
