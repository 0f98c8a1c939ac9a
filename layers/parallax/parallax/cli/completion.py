"""`parallax completion SHELL`: the script that completes commands in a shell.

In: bash, zsh or fish. Out: the script of typer, which runs `parallax` for suggestions:
commands, options, ids of causes, names of targets.
It does not: change a file of the shell.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

import os
from enum import StrEnum
from typing import Annotated

import typer

VARIABLE = "_PARALLAX_COMPLETE"
"""typer's variable: set by the script, it makes `parallax` print suggestions."""


class Shell(StrEnum):
    """The shells with a script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def run(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="bash, zsh or fish.")],
) -> None:
    """Print the script that completes commands in a shell.

    bash: eval "$(parallax completion bash)". zsh: the same with zsh, after compinit.
    fish: parallax completion fish | source
    """
    from typer.completion import (
        get_completion_script,  # pyright: ignore[reportPrivateImportUsage] - no public name
    )

    text = get_completion_script(
        prog_name="parallax", complete_var=VARIABLE, shell=shell.value
    )
    typer.echo(text)


def prepare() -> None:
    """Let typer suggest words, if a shell asks for them."""
    if VARIABLE in os.environ:
        from typer.completion import (
            completion_init,  # pyright: ignore[reportPrivateImportUsage] - no public name
        )

        completion_init()
