"""`parallax causes [ID]`: what can be named, and what one of them means.

In: nothing, or a cause's id. Out: a line for each cause, or one explained; `--json`
the same as data. Exit 2 for an id that does not exist.
It does not: judge; see `parallax judge`.
"""

from difflib import get_close_matches
from typing import Annotated

import typer

from parallax.cli.terminal import refuse, show_json
from parallax.model.secret_text import quoted

SUGGESTIONS = 3
"""Ids that an unknown one may have meant."""


def run(
    cause: Annotated[str, typer.Argument(metavar="[ID]", help="One cause's id.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the causes that can be named, or explain one of them."""
    from parallax.causes import CAUSES  # noqa: PLC0415 - `--help` stays quick
    from parallax.cli.cause_lines import explained, listed, plain  # noqa: PLC0415
    from parallax.cli.page import show  # noqa: PLC0415

    wanted = [c for c in CAUSES if cause in ("", c.id)]
    if not wanted:
        refuse(_unknown(cause, [c.id for c in CAUSES]))
    if as_json:
        show_json([plain(c) for c in wanted], indent=1, separators=(",", ": "))
    else:
        show(explained(wanted[0]) if cause else listed(wanted))


def _unknown(cause: str, ids: list[str]) -> str:
    """Return the error for an id that does not exist, with the nearest ones."""
    close = get_close_matches(cause, ids, n=SUGGESTIONS, cutoff=0.4)
    close += [i for i in ids if cause.lower() in i and i not in close] if cause else []
    meant = f"; did you mean {' or '.join(close[:SUGGESTIONS])}?" if close else ";"
    return f"no cause {quoted(cause)}{meant} `parallax causes` lists all"
