"""`parallax causes [ID]`: what can be named, and what one of them means.

In: nothing, or a cause's id. Out: a line for each cause, or one explained; `--json`
the same as data. Exit 2 for an id that does not exist.
It does not: judge; see `parallax judge`.
"""

import json
from difflib import get_close_matches
from typing import Annotated

import typer

from parallax.cli.terminal import refuse


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
        known = [c.id for c in CAUSES]
        close = get_close_matches(cause, known, cutoff=0.4) or known
        refuse(f"no cause {cause!r}; did you mean {' or '.join(close)}?")
    if as_json:
        typer.echo(json.dumps([plain(c) for c in wanted], indent=1))
    else:
        show(explained(wanted[0]) if cause else listed(wanted))
