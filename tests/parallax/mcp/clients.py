"""Clients: the SDK's own client, connected to our server, for tests.

In: a stack's name. Out: the answers. It does not: judge them.
"""

import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from parallax.mcp.server import open_server
from parallax.mcp.stack import Stack
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode
from tests.conftest import ROOT

CAUSE = "lb-health-check-wrong-port"
RECORDED = ROOT / f"events/diagnose/{CAUSE}.json"
TOOLS = {
    "list_incidents",
    "show_incident",
    "show_target",
    "judge_snapshot",
    "list_evidence",
    "list_causes",
    "explain_cause",
}
SECONDS = 30.0
AWS = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
PARALLAX = [sys.executable, "-c", "from parallax.cli import app; app()", "mcp"]


def inside[T](stack: str, talk: Callable[[Client], Awaitable[T]]) -> T:
    """Talk to a server in this process."""
    return _run(Client(open_server(Stack(stack)), read_timeout_seconds=SECONDS), talk)


def over_pipes[T](
    stack: str, talk: Callable[[Client], Awaitable[T]], **environment: str
) -> T:
    """Talk to `parallax mcp` in a process of its own, which has the same AWS."""
    given = {name: os.environ[name] for name in AWS if name in os.environ}
    region = {"AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "")}
    server = StdioServerParameters(
        command=PARALLAX[0],
        args=[*PARALLAX[1:], "--stack", stack],
        env=given | region | environment,
    )
    return _run(Client(server, read_timeout_seconds=SECONDS), talk)


def call(stack: str, tool: str, **arguments: Any) -> CallToolResult:
    """Call a tool of a server in this process."""

    async def talk(client: Client) -> CallToolResult:
        """Call the tool."""
        return await client.call_tool(tool, arguments)

    return inside(stack, talk)


def text_of(result: CallToolResult) -> str:
    """Return all text of a result."""
    blocks = (block for block in result.content if isinstance(block, TextContent))
    return "\n".join(block.text for block in blocks)


def size_of(result: CallToolResult) -> int:
    """Return the characters of a result's structured content."""
    return len(json.dumps(result.structured_content, ensure_ascii=False))


def recorded() -> Snapshot:
    """Return the observations of a health check on the wrong port."""
    return decode(Snapshot, json.loads(RECORDED.read_text())["snapshot"])


def facts(result: CallToolResult) -> dict[str, Any]:
    """Return the facts of a result without an error."""
    assert not result.is_error, text_of(result)
    assert result.structured_content is not None
    return result.structured_content["facts"]


def observed(result: CallToolResult) -> dict[str, Any]:
    """Return the observed texts of a result."""
    assert result.structured_content is not None
    return result.structured_content["observed"]


def _run[T](client: Client, talk: Callable[[Client], Awaitable[T]]) -> T:
    async def main() -> T:
        async with client as connected:
            return await talk(connected)

    return anyio.run(main)
