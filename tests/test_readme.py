"""The README's commands work as they are written, after `make setup`."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]
PATH = f"{ROOT}/.venv/bin:/usr/bin:/bin"
"""What the README puts first on PATH, and a bare system; uv is on neither."""
AT_AWS = ("incidents", "show", "ack", "mute", "unmute", "overview", "status-page")
"""Commands about a deployed stack; `tests/parallax/cli` runs them on the emulator."""
OFFLINE = [
    line
    for line in (*COMMANDS, "parallax targets")
    if line.startswith("parallax ")
    and "https://" not in line
    and line.split()[1] not in AT_AWS
]


def test_the_readme_puts_what_it_uses_on_the_path() -> None:
    """SAM and the command line come from `make setup`."""
    at = COMMANDS.index("make setup")
    assert COMMANDS[at + 1] == 'export PATH="$PWD/.venv/bin:$PWD/.tools/bin:$PATH"'
    for program in ("parallax", "python"):
        assert shutil.which(program, path=f"{ROOT}/.venv/bin")


@pytest.mark.parametrize("command", OFFLINE)
def test_a_command_of_the_readme_works_without_uv(command: str) -> None:
    """It ends with success, and prints something."""
    done = subprocess.run(  # noqa: S602 - a line of our own README, as a reader types it
        command,
        shell=True,
        cwd=ROOT,
        env={"PATH": PATH, "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


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
