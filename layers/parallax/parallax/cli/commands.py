"""Commands: the commands of `parallax`, and its own options.

In: arguments. Out: the command's output and exit status.
It does not: implement a command; each has its own module.
"""

from typing import Annotated

import typer

from parallax import __version__
from parallax.cli import (
    acknowledge,
    attribute,
    causes,
    cost,
    incidents,
    judge,
    mute,
    overview,
    probe,
    redrive,
    show,
    status_page,
    targets,
)
from parallax.cli.command_line import CommandLine

app = typer.Typer(
    cls=CommandLine,
    name="parallax",
    help="Probe URLs, judge saved observations, and operate a Parallax stack.",
    epilog=(
        "Exit status. 0: success; `judge` returns 0 for any cause. 1: probe found the "
        "URL not healthy, or redrive left dead letters. 2: usage error, unreadable "
        "input, a problem in the targets file, no such incident, or an error of AWS. "
        "3: standard output could not be written."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # its boxes print a type after every flag
)
app.command("probe")(probe.run)
app.command("attribute")(attribute.run)
app.command("judge")(judge.run)
app.command("causes")(causes.run)
app.command("targets")(targets.run)
app.command("incidents")(incidents.run)
app.command("show")(show.run)
app.command("ack")(acknowledge.run)
app.command("mute")(mute.run)
app.command("unmute")(mute.unmute)
app.command("overview")(overview.run)
app.command("status-page")(status_page.run)
app.command("redrive")(redrive.run)
app.command("cost")(cost.run)


def _show_version(requested: bool) -> None:  # noqa: FBT001 - typer's signature
    if requested:
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
    """Probe URLs, judge saved observations, and operate a Parallax stack."""
