"""Steps: what to do, each with its command and its way back.

In: a finding's next steps. Out: parts of the page. It does not: choose or order them.
"""

from collections.abc import Sequence

from parallax.model.judgement import NextStep
from parallax.report.commands import command
from parallax.report.elements import Node, element

THEN = "then"
"""The id of the other steps."""


def first_step(steps: Sequence[NextStep]) -> Node | None:
    """Return the first step, and what can be done instead of it; None: no step."""
    if not steps:
        return None
    first, *rest = steps
    instead = [step for step in rest if step.alternative]
    title = "Run this next" if first.command else "Do this next"
    parts = [part for step in instead for part in (_or(), _step(step))]
    head = element("h2", title)
    more = _more(len(_others(steps)))
    return element("section", head, _step(first), *parts, more, class_="next")


def further_steps(steps: Sequence[NextStep]) -> Node | None:
    """Return the other steps in order; None: there is none."""
    listed = [element("li", _step(step)) for step in _others(steps)]
    if not listed:
        return None
    rest = element("ol", *listed, start="2")
    return element("section", element("h2", "Then"), rest, id=THEN)


def _others(steps: Sequence[NextStep]) -> list[NextStep]:
    return [step for step in steps[1:] if not step.alternative]


def _more(count: int) -> Node | None:
    """Return a link to the other steps, which stand below the evidence."""
    if not count:
        return None
    text = "then 1 more step" if count == 1 else f"then {count} more steps"
    return element("p", element("a", text, href=f"#{THEN}"))


def _or() -> Node:
    return element("p", "or instead:", class_="soft")


def _step(step: NextStep) -> Node:
    run = command(step.command) if step.command else None
    back = _way_back(step) if step.command else ()
    return element("div", element("p", step.text), run, *back, class_="step")


def _way_back(step: NextStep) -> tuple[Node, ...]:
    if step.undo:
        return element("p", "Undo:", class_="undo"), command(step.undo)
    if step.undo_note:
        return (element("p", f"Undo: {step.undo_note}", class_="undo"),)
    return ()
