"""Cli: the same code from a terminal, `parallax …`.

In: arguments, files, standard input. Out: text for people, or `--json`.
Exit: 0 fine or healthy, 1 not healthy or letters remain, 2 wrong use or unreadable
input, 3 standard output could not be written (a full disk). A closed standard output
and a pipe that nobody reads do not change the exit status.
One module a command; each imports what it needs when it runs, so that
`parallax --help` stays quick. It does not: hold any logic of the steps.
"""

from typing import Annotated

import typer

from parallax import __version__
from parallax.cli import attribute, causes, judge, probe, redrive, targets
from parallax.cli.command_line import CommandLine

__all__ = ["app"]

app = typer.Typer(
    cls=CommandLine,
    name="parallax",
    help="Compare what the internet sees with what the cluster sees.",
    epilog=(
        "Exit status: 0 success or healthy; 1 not healthy; 2 wrong use or unreadable "
        "input; 3 standard output could not be written."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # its boxes print a type behind every flag
)
app.command("probe")(probe.run)
app.command("attribute")(attribute.run)
app.command("judge")(judge.run)
app.command("causes")(causes.run)
app.command("targets")(targets.run)
app.command("redrive")(redrive.run)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"parallax {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version."
        ),
    ] = False,
) -> None:
    """Compare what the internet sees with what the cluster sees."""
