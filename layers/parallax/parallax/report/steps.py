"""Steps: what to do, each with its command and its way back.

In: a finding's next steps. Out: parts of the page. It does not: choose or order them.
"""

from collections.abc import Sequence

from parallax.model.judgement import NextStep
from parallax.report.commands import command
from parallax.report.elements import Node, element, prose

THEN = "then"
"""The id of the other steps."""
LAST_OF_TWO = 3
"""Number of the last step, if two follow the first."""


def first_step(steps: Sequence[NextStep]) -> Node | None:
    """Return the first step, and what can be done instead of it; None: no step."""
    if not steps:
        return None
    first, *rest = steps
    instead = [step for step in rest if step.alternative]
    title = "Run this next" if first.command else "Do this next"
    other = "the alternative to step 1"
    parts = [part for step in instead for part in (_or(), _step(step, other))]
    head = element("h2", title)
    more = _more(len(_others(steps)))
    return element("section", head, _step(first, "step 1"), *parts, more, class_="next")


def further_steps(steps: Sequence[NextStep]) -> Node | None:
    """Return the other steps in order; None: there is none."""
    listed = [
        element("li", _step(step, f"step {number}"))
        for number, step in enumerate(_others(steps), 2)
    ]
    if not listed:
        return None
    rest = element("ol", *listed, start="2")
    return element("section", element("h2", "Then"), rest, id=THEN)


def _others(steps: Sequence[NextStep]) -> list[NextStep]:
    return [step for step in steps[1:] if not step.alternative]


def _more(count: int) -> Node | None:
    """Return a link to the other steps, e.g. `Steps 2 and 3`; None: there is none."""
    if not count:
        return None
    last = count + 1
    many = f"Steps 2 {'and' if last == LAST_OF_TWO else 'to'} {last}"
    text = "Step 2" if count == 1 else many
    return element("p", element("a", text, href=f"#{THEN}"))


def _or() -> Node:
    return element("p", "or instead:", class_="soft")


def _step(step: NextStep, name: str) -> Node:
    run = command(step.command, "command", name) if step.command else None
    back = _way_back(step, name) if step.command else ()
    return element("div", element("p", *prose(step.text)), run, *back, class_="step")


def _way_back(step: NextStep, name: str) -> tuple[Node, ...]:
    if step.undo:
        undo = command(step.undo, "undo", name)
        return element("p", "Undo:", class_="undo"), undo
    if step.undo_note:
        return (element("p", *prose(f"Undo: {step.undo_note}"), class_="undo"),)
    return ()
