"""The process `parallax mcp`: malformed input, closed pipes, a terminal."""

import json
import subprocess

import pytest
from mcp import Client
from typer.testing import CliRunner

from parallax.cli import app
from tests.conftest import ROOT
from tests.parallax.mcp.clients import (
    PARALLAX,
    TOOLS,
    inside,
)

GREETING = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


def test_every_tool_is_declared_as_read_only(stack: str) -> None:
    """Clients then need not ask before a call."""

    async def talk(client: Client) -> None:
        """Read the annotations."""
        for tool in (await client.list_tools()).tools:
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert not tool.annotations.destructive_hint

    inside(stack, talk)


def test_malformed_lines_do_not_end_the_server() -> None:
    """The next request is answered; after the end of input the exit status is 0."""
    lines = ["garbage", "[]", '{"jsonrpc": "1"}', "\ud800", json.dumps(GREETING)]
    text = "\n".join(lines).encode(errors="surrogatepass") + b"\n"
    with subprocess.Popen(  # noqa: S603 - our own program
        PARALLAX,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(text)
        server.stdin.flush()
        answers = iter(map(json.loads, server.stdout))
        answer = next(one for one in answers if one.get("id") == 1)
        server.stdin.close()
        assert server.wait(10) == 0
    assert answer["result"]["serverInfo"]["name"] == "parallax"


def test_it_ends_when_nobody_reads_its_output() -> None:
    """Although its input stays open; with exit status 0 and no traceback."""
    with subprocess.Popen(  # noqa: S603 - our own program
        PARALLAX,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        server.stdout.close()
        assert server.wait(10) == 0
        assert server.stderr.read() == b""


def test_in_a_terminal_it_prints_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    """And does not wait for messages; exit status 2."""
    monkeypatch.setattr("parallax.cli.mcp._is_terminal", lambda: True)
    result = CliRunner().invoke(app, ["mcp"])
    assert result.exit_code == 2
    assert "an assistant starts this command" in result.stderr


def test_without_the_sdk_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The package is an extra: no function needs it."""
    monkeypatch.setattr("parallax.cli.mcp.find_spec", lambda _: None)
    result = CliRunner().invoke(app, ["mcp"])
    assert result.exit_code == 2
    assert "pip install './layers/parallax[functions,cli,mcp]'" in result.stderr


def test_the_page_names_each_tool() -> None:
    """And the settings in it are JSON that starts this command."""
    page = (ROOT / "docs/mcp.md").read_text()
    assert all(f"`{tool}`" in page for tool in TOOLS)
    blocks = [part.partition("```")[0] for part in page.split("```json\n")[1:]]
    settings = [block for block in blocks if "ervers" in block]
    assert len(settings) > 1
    for block in settings:
        (servers,) = json.loads(block).values()
        assert servers["parallax"]["args"] == ["mcp", "--stack", "parallax"]
