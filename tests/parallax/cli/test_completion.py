"""`parallax completion`: suggestions in a real bash, zsh and fish."""

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parallax.cli import app

BIN = Path(sys.executable).parent
TARGETS = """\
targets:
  - {name: shop, url: 'https://shop.example/'}
  - {name: shop-api, url: 'https://api.shop.example/'}
"""
SECONDS = 20.0
"""A shell that shows nothing by then never will."""
CASES = [
    ("parallax inv", ["investigate"]),
    ("parallax causes lb-no-ta", ["lb-no-target"]),
    ("parallax investigate --target shop-", ["shop-api"]),
    ("parallax redrive --step not", ["notify"]),
    ("parallax completion z", ["zsh"]),
    ("parallax judge --js", ["--json"]),
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return the variables of a shell of somebody with a targets file."""
    (tmp_path / "targets.yaml").write_text(TARGETS)
    return {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "HOME": f"{tmp_path}",
        "PARALLAX_TARGETS": f"{tmp_path}/targets.yaml",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }


@pytest.mark.parametrize(("typed", "suggested"), CASES)
def test_bash_suggests(
    environment: dict[str, str], typed: str, suggested: list[str]
) -> None:
    """Commands, causes, targets, steps, choices and options."""
    words = typed.split()
    code = (
        'eval "$(parallax completion bash)"; '
        f"COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; "
        '_parallax_completion parallax; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    shown = subprocess.run(  # noqa: S603 - our own words
        ["/bin/bash", "--norc", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.split() == suggested
    assert shown.stderr == ""


@pytest.mark.parametrize(("typed", "suggested"), CASES)
def test_fish_suggests(
    environment: dict[str, str], typed: str, suggested: list[str]
) -> None:
    """The same."""
    code = f'parallax completion fish | source; complete -C "{typed}"'
    shown = subprocess.run(  # noqa: S603 - our own words
        ["/usr/bin/fish", "--no-config", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = shown.stdout.splitlines()
    assert [line.partition("\t")[0] for line in lines] == suggested


@pytest.mark.parametrize(
    ("shell", "setup"),
    [
        (["/bin/bash", "--norc", "-i"], 'eval "$(parallax completion bash)"'),
        (
            ["/usr/bin/zsh", "-f", "-i"],
            'autoload -U compinit; compinit -u -D; eval "$(parallax completion zsh)"',
        ),
    ],
    ids=["bash", "zsh"],
)
def test_a_tab_completes_what_is_typed(
    environment: dict[str, str], shell: list[str], setup: str
) -> None:
    """In a terminal: the rest of the word appears, and the command runs."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own words
        shell,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        os.write(ours, f"{setup}; echo rea''dy\n".encode())
        shown_until(ours, "ready")
        os.write(ours, b"parallax causes lb-no-ta\t")
        shown_until(ours, "lb-no-target")
        os.write(ours, b"\n")
        shown_until(ours, "Mitigation")
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def shown_until(terminal: int, text: str) -> None:
    """Read a terminal until it shows a text; fail with what it shows instead."""
    shown, end = "", time.monotonic() + SECONDS
    while text not in shown:
        ready, _, _ = select.select([terminal], [], [], end - time.monotonic())
        assert ready, f"{text!r} is not in {shown!r}"
        shown += os.read(terminal, 65536).decode(errors="replace")


def test_a_broken_targets_file_suggests_no_target(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """And prints no error into the line that is typed."""
    (tmp_path / "targets.yaml").write_text("targets: [{name: 'a b;id'}")
    typed = {"COMP_WORDS": "parallax investigate --target a", "COMP_CWORD": "3"}
    shown = subprocess.run(  # noqa: S603 - our own words
        [BIN / "parallax"],
        env=environment | typed | {"_PARALLAX_COMPLETE": "complete_bash"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (shown.stdout.strip(), shown.stderr) == ("", "")


def test_an_unknown_shell_is_wrong_use() -> None:
    """The error lists the known ones."""
    result = CliRunner().invoke(app, ["completion", "powershell"])
    assert result.exit_code == 2
    assert "'zsh'" in result.stderr
