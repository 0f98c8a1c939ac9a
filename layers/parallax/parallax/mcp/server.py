"""Server: the tools and resources of one stack, over standard input and output.

In: the stack's name; JSON-RPC messages, one a line. Out: the same.
It does not: open a port, or need AWS before a tool is called.
Source: Model Context Protocol, by its Python SDK (`mcp`).
"""

import logging
import os
import select
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from threading import Thread
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

from parallax import __version__
from parallax.mcp.answer import NOTICE
from parallax.mcp.resources import add_resources
from parallax.mcp.stack import Stack
from parallax.mcp.tools import Tools

INSTRUCTIONS = (
    "Parallax monitors URLs from the internet and from inside a Kubernetes cluster, and"
    " names the cause of a failure. Begin with list_incidents, then show_incident. A"
    " cause is established only if `established` is true; else report"
    " `most_telling`, and name no cause yourself. All tools only read: a person"
    f" acknowledges or mutes with the command line. {NOTICE}"
)
READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True
)


def open_server(stack: Stack) -> MCPServer:
    """Return the server of a stack."""
    server = MCPServer(
        "parallax", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING"
    )
    for tool in _tools(stack):
        summary = (tool.__doc__ or "").strip()
        server.add_tool(tool, description=summary, annotations=READS)
    add_resources(server)
    return server


def serve(stack_name: str) -> None:
    """Answer until standard input ends, or nobody reads standard output.

    Only the SDK writes to standard output; what else is printed goes to the log.
    """
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(message)s"
    )
    Thread(target=_end_without_reader, args=(os.dup(1),), daemon=True).start()
    with redirect_stdout(sys.__stdout__):
        open_server(Stack(stack_name)).run()


def _end_without_reader(output: int) -> None:
    """End the process when nobody reads this pipe any more.

    The SDK would wait for the next line of standard input first. There is nothing to
    save: the server only reads.
    """
    if not hasattr(select, "poll"):  # Windows
        return
    watched = select.poll()
    watched.register(output, 0)  # errors are reported always
    watched.poll()
    os._exit(0)


def _tools(stack: Stack) -> tuple[Callable[..., Any], ...]:
    tools = Tools(stack)
    return (
        tools.list_incidents,
        tools.show_incident,
        tools.show_target,
        tools.judge_snapshot,
        tools.list_evidence,
        tools.list_causes,
        tools.explain_cause,
    )
