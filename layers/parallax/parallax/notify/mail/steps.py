"""Steps: what to do, each command on a line of its own.

In: a finding. Out: lines. It does not: wrap or indent a command, so that a line can be
pasted as it is. Its way back is needed less often: it follows the word `Undo:`.
"""

from parallax.model.finding import Finding
from parallax.model.judgement import NextStep
from parallax.model.plain import plain_line
from parallax.notify.paragraph import paragraph


def first_step(finding: Finding) -> str:
    """Return the first step, and what can be done instead of it."""
    first, *rest = finding.next_steps or (None,)
    if first is None:
        return ""
    lines = ["RUN THIS NEXT" if first.command else "DO THIS NEXT", *_lines(first)]
    for step in rest:
        if step.alternative:
            lines += ["or instead:", *_lines(step)]
    return "\n".join(lines)


def further_steps(finding: Finding) -> str:
    """Return the steps after the first."""
    rest = [step for step in finding.next_steps[1:] if not step.alternative]
    if not rest:
        return ""
    lines = ["THEN"]
    for number, step in enumerate(rest, 2):
        text, *commands = _lines(step)
        lines += [f"{number}. {text}", *commands]
    return "\n".join(lines)


def _lines(step: NextStep) -> list[str]:
    text = paragraph(step.text)
    if step.command is None:
        return [text]
    undo = [f"Undo: {plain_line(step.way_back)}"] if step.way_back else []
    return [text, plain_line(step.command), *undo]
