"""`parallax mcp`: a read-only server for assistants, over standard input and output.

In: a stack's name; messages of the Model Context Protocol. Out: the same. Exit status:
0 after the client closed the connection; 2 usage error, the package `mcp` is not
installed, or a person started it in a terminal.
It does not: change anything in the stack, or open a port.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

import sys
from contextlib import suppress
from importlib.util import find_spec

from parallax.cli.stack_groups import Stack
from parallax.cli.terminal import fail

HINT = (
    "mcp: an assistant starts this command and speaks to it; nothing happens in a"
    " terminal. docs/mcp.md has the settings for each client. To try it:"
    " npx @modelcontextprotocol/inspector parallax mcp"
)
MISSING = (
    "mcp: the package `mcp` is not installed; `make setup` installs it, and so does"
    " `pip install './layers/parallax[functions,cli,mcp]'`"
)


def run(*, stack: Stack = "parallax") -> None:
    """Serve incidents to an assistant (MCP), read-only."""
    if find_spec("mcp") is None:
        fail(MISSING)
    if sys.__stdin__ is None or sys.__stdout__ is None:
        fail("mcp: standard input and output must be open")
    if _is_terminal():
        fail(HINT)
    from parallax.mcp.server import serve

    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(stack)


def _is_terminal() -> bool:
    return sys.stdin.isatty()
