"""`parallax causes [ID]`: what can be named, and what one of them means.

In: nothing, or a cause's id. Out: a line for each cause, or one explained; `--json`
the same as data. Exit 2 for an id that does not exist.
It does not: judge; see `parallax judge`.
"""

import json
from collections.abc import Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from parallax.cli.page import Line, show
from parallax.cli.terminal import hop_color, refuse

if TYPE_CHECKING:
    from parallax.causes import Cause
    from parallax.causes.explanation import Explanation


def run(
    cause: Annotated[str, typer.Argument(metavar="[ID]", help="One cause's id.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the causes that can be named, or explain one of them."""
    from parallax.causes import CAUSES  # noqa: PLC0415 - `--help` stays quick

    wanted = [c for c in CAUSES if cause in ("", c.id)]
    if not wanted:
        known = [c.id for c in CAUSES]
        close = get_close_matches(cause, known, cutoff=0.4) or known
        refuse(f"no cause {cause!r}; did you mean {' or '.join(close)}?")
    if as_json:
        typer.echo(json.dumps([_plain(c) for c in wanted], indent=1))
    else:
        show(_explained(wanted[0]) if cause else _listed(wanted))


def _plain(cause: "Cause") -> dict[str, str]:
    told = _explain(cause)
    head: dict[str, str] = {
        "cause": cause.id,
        "class": cause.class_,
        "hop": cause.hop,
        "title": cause.title,
        "summary": told.summary,
    }
    return head | told.texts


def _explain(cause: "Cause") -> "Explanation":
    from parallax.causes.explanation import explain  # noqa: PLC0415 - the same

    return explain(cause)


def _listed(causes: list["Cause"]) -> Iterator[Line]:
    widest = max(len(cause.id) for cause in causes)
    for cause in causes:
        name = (f"{cause.id:<{widest}}", hop_color(cause.hop))
        line = Text.assemble(name, f"  {_explain(cause).summary}")
        yield Line(line, widest + 2)


def _explained(cause: "Cause") -> Iterator[Line]:
    told = _explain(cause)
    yield Line(Text.assemble((cause.id, f"bold {hop_color(cause.hop)}")))
    yield Line(Text(f"{told.summary} ({cause.class_}, {cause.hop})"))
    for heading, text in told.texts.items():
        yield Line(Text(""))
        yield Line(Text(heading, "bold"))
        yield Line(Text(f"  {text}"), 2)
