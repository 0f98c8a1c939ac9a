"""`parallax causes [ID]`: list the causes, or explain one of them.

In: nothing, or a cause's id. Out: a line for each cause, or the explanation of one;
with `--json` the same as JSON. Exit status 2 for an unknown id.
It does not: judge; see `parallax judge`.
"""

from difflib import get_close_matches
from typing import Annotated

import typer

from parallax.cli.complete import cause_ids
from parallax.cli.terminal import fail, show_json
from parallax.model.judgement import MONITOR_BLIND, NOT_ESTABLISHED
from parallax.model.secret_text import quoted

SUGGESTIONS = 3
"""Most ids to suggest for an unknown one."""

NO_CAUSES = {
    NOT_ESTABLISHED: "the evidence shows no single one; the mail has the next command",
    MONITOR_BLIND: "probes or agents of Parallax do not report; see the runbook",
}
"""What a finding may state in place of a cause, and what it means."""


def run(
    cause: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="Id of the cause to explain.",
            autocompletion=cause_ids,
        ),
    ] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the causes that Parallax can name, or explain one of them."""
    from parallax.causes import CAUSES  # noqa: PLC0415 - `--help` stays fast
    from parallax.cli.cause_lines import explained, fields, listed  # noqa: PLC0415
    from parallax.cli.page import show  # noqa: PLC0415

    wanted = [c for c in CAUSES if cause in ("", c.id)]
    if not wanted:
        fail(_unknown(cause, [c.id for c in CAUSES]))
    if as_json:
        show_json([fields(c) for c in wanted], indent=1, separators=(",", ": "))
    else:
        show(explained(wanted[0]) if cause else listed(wanted))


def _unknown(cause: str, ids: list[str]) -> str:
    """Return the error for an unknown id, with the most similar ones."""
    if why := NO_CAUSES.get(cause):
        return f"{cause} is not a cause: {why}. `parallax causes` lists all"
    close = get_close_matches(cause, ids, n=SUGGESTIONS, cutoff=0.6)
    close += [i for i in ids if cause.lower() in i and i not in close] if cause else []
    meant = f"; did you mean {' or '.join(close[:SUGGESTIONS])}?" if close else ";"
    return f"unknown cause {quoted(cause)}{meant} `parallax causes` lists all"
