"""Cause lines: the list of causes, or one cause, as lines for the terminal.

In: causes. Out: lines for `page`, and data for JSON. It does not: print.
"""

from collections.abc import Iterator, Sequence

from rich.text import Text

from parallax.causes import Cause
from parallax.causes.explanation import explain
from parallax.cli.page import Line
from parallax.cli.terminal import hop_color


def fields(cause: Cause) -> dict[str, str]:
    """Return a cause and its explanation as data."""
    explanation = explain(cause)
    head: dict[str, str] = {
        "cause": cause.id,
        "class": cause.class_,
        "hop": cause.hop,
        "title": cause.title,
        "summary": explanation.summary,
    }
    return head | explanation.texts


def listed(causes: Sequence[Cause]) -> Iterator[Line]:
    """Yield a line for each cause, in the color of its hop."""
    widest = max(len(cause.id) for cause in causes)
    for cause in causes:
        name = (f"{cause.id:<{widest}}", hop_color(cause.hop))
        yield Line(Text.assemble(name, f"  {explain(cause).summary}"), widest + 2)


def explained(cause: Cause) -> Iterator[Line]:
    """Yield the whole explanation of a cause."""
    explanation = explain(cause)
    yield Line(Text(cause.id, f"bold {hop_color(cause.hop)}"))
    yield Line(Text(f"{explanation.summary} ({cause.class_}, {cause.hop})"))
    for heading, text in explanation.texts.items():
        yield Line(Text(""))
        yield Line(Text(heading, "bold"))
        yield Line(Text(f"  {text}"), 2)
