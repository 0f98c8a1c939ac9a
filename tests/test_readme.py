"""The commands of README and docs/cli.md work as written, after `make setup`."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shlex import split
from typing import Any

import pytest
from typer.main import get_command

from parallax.cli import app
from tests.parallax.cli.served import Server, serving

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
CLI = (ROOT / "docs/cli.md").read_text()
RUNBOOK = (ROOT / "docs/runbook.md").read_text()
SH = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMANDS = [line for block in SH.findall(README) for line in block.splitlines()]
PATH = f"{ROOT}/.venv/bin:/usr/bin:/bin"
"""What the README puts first on PATH, and a bare system; uv is on neither."""
AT_AWS = (
    *("incidents", "show", "ack", "mute", "unmute", "redrive"),
    *("overview", "status-page"),
)
"""Commands about a deployed stack; `tests/parallax/cli` runs them on the emulator."""
ABBREVIATED = ("…", "<", "FILE", "SOURCE")
"""Signs of a text that is not meant to be typed as it is."""
FAST = {"probe": "--allow-private", "investigate": "--allow-private --pause 0.1"}


def shown(text: str) -> list[str]:
    """Return the command lines with `parallax` in a document, each once."""
    blocks = [line for block in SH.findall(text) for line in block.splitlines()]
    examples = re.findall(r"^\$ (parallax .*)$", text, re.MULTILINE)
    inline = re.findall(r"`(parallax [a-z]+ [^`]+)`", text)
    lines = [line for line in (*blocks, *examples, *inline) if "parallax " in line]
    typed = [line for line in lines if re.match(r"parallax |eval |curl ", line)]
    return list(dict.fromkeys(line for line in typed if not _is_abbreviated(line)))


def _is_abbreviated(line: str) -> bool:
    return any(sign in line.partition("#")[0] for sign in ABBREVIATED)


def name_of(line: str) -> str:
    """Return the command in a line, e.g. `judge`."""
    return line.partition("parallax ")[2].split()[0].strip("'\")`")


LINES = [*shown(README), *shown(CLI), *shown(RUNBOOK)]
OFFLINE = list(
    dict.fromkeys(
        line
        for line in (*LINES, "parallax targets")
        if name_of(line) not in AT_AWS and "s3://" not in line
    )
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve in place of the public URLs."""
    with serving() as made:
        yield made


def test_the_readme_puts_what_it_uses_on_the_path() -> None:
    """SAM and the command line come from `make setup`."""
    at = COMMANDS.index("make setup")
    assert COMMANDS[at + 1] == 'export PATH="$PWD/.venv/bin:$PWD/.tools/bin:$PATH"'
    for program in ("parallax", "python"):
        assert shutil.which(program, path=f"{ROOT}/.venv/bin")


def test_each_document_shows_commands() -> None:
    """A change of the form does not empty the tests below."""
    for text in (README, CLI, RUNBOOK):
        assert len(shown(text)) > 5
    named = {name_of(line) for line in shown(CLI)}
    assert named == set(getattr(get_command(app), "commands"))  # noqa: B009


@pytest.mark.parametrize("command", OFFLINE)
def test_a_command_works_as_written(
    command: str, server: Server, tmp_path: Path
) -> None:
    """It ends with success, and prints something; without uv and without AWS.

    A server on loopback replaces public URLs, so its private address is allowed.
    """
    name = name_of(command)
    local = re.sub(r"https://[^ ]+", server.url(), command)
    if local != command and name in FAST:
        local = local.replace(f"parallax {name}", f"parallax {name} {FAST[name]}")
    if "after compinit" in command:
        local = f"autoload -U compinit; compinit -u -D; {local}"
    if name == "keys" and "--add" not in command:
        (tmp_path / "agents.keys").write_text("whsec_YQ==,keybuzz/2026-12=whsec_YQ==")
    for part in ("events", "tests", "targets.yaml"):
        (tmp_path / part).symlink_to(ROOT / part)
    done = subprocess.run(  # noqa: S603 - a line of our own documents, as a reader types it
        [*_shell(command), local],
        cwd=tmp_path,
        env={"PATH": PATH, "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout or name in {"completion", "mcp"}
    assert done.stderr == ""


def _shell(command: str) -> list[str]:
    """Return the shell that a reader types the line into."""
    for shell in ("zsh", "fish"):
        if f"completion {shell}" in command:
            return [f"/usr/bin/{shell}", "-c"]
    return ["/bin/bash", "-c"]


@pytest.mark.parametrize("command", LINES)
def test_a_command_parses(command: str) -> None:
    """Its command and options exist, also if it needs AWS or the internet."""
    typed = command.partition("parallax ")[2].partition("#")[0].partition("|")[0]
    words = split(typed.partition(">")[0].replace(')"', ""))
    named: dict[str, Any] = getattr(get_command(app), "commands")  # noqa: B009
    assert named[words[0]].make_context(words[0], words[1:])


def test_no_document_needs_uv_on_the_path() -> None:
    """`make setup` installs uv for itself."""
    documents = [
        *ROOT.glob("*.md"),
        *ROOT.glob("*/README.md"),
        *ROOT.glob("docs/**/*.md"),
    ]
    users = [d.name for d in documents if re.search(r"\buv run\b", d.read_text())]
    assert users == []


def test_sam_local_invoke_is_said_to_need_docker() -> None:
    """Where the command is shown, and where its error is explained."""
    section = README.partition("`sam local invoke`\n")[2].partition("\n## ")[0]
    assert "running Docker engine" in section
    assert "container runtime" in README.partition("## Troubleshooting")[2]
