"""Page: docs/causes.md, one chapter a cause, in the order in which they are asked.

In: the causes, and for each the snapshot of its recorded lab run, if there is one.
Out: Markdown. It does not: draw (`tools.handbook.picture` does).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from parallax.causes import CAUSES, Cause
from parallax.causes.explanation import explain, relations
from parallax.diagnose.judge import judge
from parallax.model.judgement import Answer, Judgement
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode

HEAD = """\
# Causes

<!-- Made by `make docs` from the causes' own modules. Change those, not this page. -->

Every cause is assessed for every failing target. Of the causes that the evidence shows,
Parallax names the outermost one that no other shown cause explains. The finding holds
the answers of all causes: *supported*, *supported and explained by another cause*,
*ruled out*, or *not determined*. *Neighbors* tells a cause from those that look alike.
In the pictures a request passed the green hops, the red hop is at fault, and no request
reached the gray ones.
"""
SHOWN = ("Meaning", "Impact", "Diagnosis", "Neighbors", "Mitigation")
WORDS = {"Diagnosis": "How it is told", "Mitigation": "What to do"}


def page(recorded: Mapping[str, dict[str, Any]]) -> str:
    """Return the whole page; `recorded` is cause id -> saved snapshot."""
    rows = [
        f"| [`{c.id}`](#{c.id}) | {c.class_} | {c.hop} | {explain(c).summary} |"
        for c in CAUSES
    ]
    table = "\n".join(["| cause | class | hop | |", "|---|---|---|---|", *rows])
    chapters = [chapter(cause, recorded.get(cause.id)) for cause in CAUSES]
    return "\n".join([HEAD, table, "", *chapters])


def chapter(cause: Cause, saved: dict[str, Any] | None) -> str:
    """Return one cause's chapter."""
    told = explain(cause)
    lines = [
        f"## {cause.id}",
        "",
        f"**{told.summary}**",
        "",
        f"![{cause.hop}](causes/{cause.hop}.svg)",
        "",
    ]
    for heading in SHOWN:
        text = told.texts.get(heading, "")
        if heading == "Neighbors":
            text = " ".join((*relations(cause, CAUSES), text))
        if text:
            lines += [
                f"**{WORDS.get(heading, heading)}.** {text[0].upper()}{text[1:]}",
                "",
            ]
    if saved is not None:
        lines += _example(cause, judge(decode(Snapshot, saved)))
    if source := told.texts.get("Source"):
        lines += [f"<sub>Source: {source}</sub>", ""]
    return "\n".join(lines)


def _example(cause: Cause, judgement: Judgement) -> Iterator[str]:
    """Yield what a recorded run showed, and what its mail said to do."""
    if judgement.cause != cause.id:
        return
    yield f"**In the lab** ({judgement.symptom.summary}), this was the evidence:"
    yield ""
    for assessment in judgement.assessments:
        if assessment.cause == cause.id and assessment.answer is Answer.SUPPORTED:
            yield from (f"- {sentence}" for sentence in assessment.evidence)
    yield ""
    yield "and these were the next steps:"
    yield ""
    yield "```sh"
    for step in judgement.next_steps:
        yield f"# {step.text}"
        if step.command:
            yield step.command
    yield "```"
    yield ""
