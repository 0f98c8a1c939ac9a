"""Explain: a judgement as log lines, to find out why a cause was named.

In: a judgement, or a finding with its snapshot. Out: text.
It does not: judge other evidence than the functions did.
"""

from typing import Any

from lab.stage.snapshots import with_snapshot
from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.model.judgement import Judgement
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode


def explain(target: str, judged: Judgement) -> str:
    """Return the observations, and the answer for each cause."""
    state = f"complete: {judged.complete}, settling: {judged.settling}"
    lines = [f"{target}: {judged.cause}, {state}", f"  {judged.symptom.summary}"]
    lines += [f"  {h.hop.value}: {h.state.value}: {h.seen}" for h in judged.path]
    for one in judged.assessments:
        lines.append(f"  {one.answer.value:9} {one.cause}")
        lines += [f"      {sentence}" for sentence in one.evidence]
        lines += [f"      missing: {what}" for what in one.missing]
    return "\n".join(lines)


def explain_finding(finding: dict[str, Any]) -> str:
    """Return the same for a published finding."""
    data = with_snapshot(finding)["data"]
    target = data["target"]
    if data["snapshot"] is None:
        reason = data["snapshot_problem"] or "The event has no snapshot."
        return f"{target}: {data['cause']}. {reason}"
    return explain(target, judge_again(target, decode(Snapshot, data["snapshot"])))


def judge_again(subject: str, snapshot: Snapshot) -> Judgement:
    """Judge a snapshot again: its target, or a source of evidence that is silent."""
    silent = {s.subject: s.judgement for s in silences(snapshot)}
    return silent.get(subject) or judge(snapshot)
