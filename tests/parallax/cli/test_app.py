"""The command line as a whole."""

import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from parallax import __version__
from parallax.cli import app
from parallax.cli.exit_statuses import MEANINGS


def test_version() -> None:
    """`--version` prints the package's version."""
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"parallax {__version__}\n")


def test_help_lists_the_commands() -> None:
    """`--help` names each that has a meaning for its exit statuses."""
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for command in MEANINGS:
        assert command in result.stdout


@pytest.mark.parametrize("command", MEANINGS)
def test_help_shows_flags_as_flags_and_cuts_nothing(command: str) -> None:
    """No type follows an option, no sentence ends in dots."""
    for arguments in (["--help"], [command, "--help"]):
        output = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"}).stdout
        assert not re.search(r"--[a-z-]+ +<", output)
        assert "..." not in output.replace("[ARGS]...", "")


def test_wrong_use_is_exit_status_2() -> None:
    """An unknown option or a missing argument is a usage error."""
    assert CliRunner().invoke(app, ["judge"]).exit_code == 2
    assert CliRunner().invoke(app, ["probe", "--nope"]).exit_code == 2


def test_commands_import_nothing_heavy_before_they_run() -> None:
    """`import parallax.cli` brings none of what only commands need."""
    heavy = ["pydantic", "httpx", "rich.console", "parallax.probe.fetch"]
    code = f"import sys, parallax.cli; print([m for m in {heavy} if m in sys.modules])"
    output = subprocess.run(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert output.stdout == "[]\n"
