"""`parallax overview`: print a link to the page of all targets of a stack.

In: a stack's name. Out: a link that works for 14 days, or a browser that opens it. Exit
status: 0, or 2: the stack has no such page, or AWS is unreachable or fails a request.
It does not: show the page, or revoke earlier links.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from datetime import UTC, datetime
from typing import Annotated

import typer

from parallax.cli.stack_groups import TABLE_OUTPUT, Stack, problems
from parallax.cli.terminal import show_json

URL_OUTPUT = "LinksBaseUrl"
"""The output of template.yaml with the address that links begin with."""


def run(
    *,
    stack: Stack = "parallax",
    in_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in a browser.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print a link to the page of all targets.

    It shows their state, 90 days of uptime and error budgets. Everybody who has the
    link can read that page for 14 days.
    """
    with problems():
        url, expires = _link(stack, datetime.now(UTC))
    if as_json:
        show_json({"url": url, "expires_at": expires.isoformat()})
    else:
        typer.echo(url)
    if in_browser:
        typer.launch(url)


def _link(stack: str, now: datetime) -> tuple[str, datetime]:
    """Return the address and when it expires; raises as `problems` expects."""
    from parallax.links.key import LinkKey
    from parallax.links.overview import PATH, overview_query
    from parallax.links.signature import LIFETIME, Signer
    from parallax.redrive.stack import StackError, outputs_of

    outputs = outputs_of(stack)
    table, base = outputs.get(TABLE_OUTPUT), outputs.get(URL_OUTPUT)
    if table is None or base is None:
        raise StackError(
            f"stack {stack}: expected the outputs {TABLE_OUTPUT} and {URL_OUTPUT};"
            " deploy this release with AlertLinks=true"
        )
    signer = Signer(stack=table, key=LinkKey(table).read_or_create())
    return f"{base.rstrip('/')}{PATH}?{overview_query(signer, now)}", now + LIFETIME
