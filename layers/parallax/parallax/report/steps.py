"""Steps: what to do, each with its command and its way back.

In: a finding's next steps. Out: parts of the page. It does not: choose or order them.
"""

from collections.abc import Sequence

from parallax.model.judgement import NextStep
from parallax.report.commands import command
from parallax.report.elements import Node, element


def first_step(steps: Sequence[NextStep]) -> Node | None:
    """Return the first step, and what can be done instead of it; None: no step."""
    if not steps:
        return None
    first, *rest = steps
    instead = [step for step in rest if step.alternative]
    title = "Run this next" if first.command else "Do this next"
    parts = [part for step in instead for part in (_or(), _step(step))]
    head = element("h2", title)
    return element("section", head, _step(first), *parts, class_="next")


def further_steps(steps: Sequence[NextStep]) -> Node | None:
    """Return the other steps in order; None: there is none."""
    rest = [step for step in steps[1:] if not step.alternative]
    if not rest:
        return None
    listed = [element("li", _step(step)) for step in rest]
    return element("section", element("h2", "Then"), element("ol", *listed, start="2"))


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
