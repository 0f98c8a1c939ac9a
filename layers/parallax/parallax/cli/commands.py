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
    completion,
    cost,
    incidents,
    investigate,
    judge,
    keys,
    mail,
    mcp,
    mute,
    overview,
    probe,
    redrive,
    show,
    status_page,
    targets,
)
from parallax.cli.command_line import CommandLine
from parallax.cli.exit_statuses import epilog

app = typer.Typer(
    cls=CommandLine,
    name="parallax",
    help="Probe URLs, judge saved observations, and operate a Parallax stack.",
    epilog=epilog(),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # its boxes print a type after every flag
)
app.command("probe")(probe.run)
app.command("investigate")(investigate.run)
app.command("attribute")(attribute.run)
app.command("judge")(judge.run)
app.command("mail")(mail.run)
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
app.command("keys")(keys.run)
app.command("cost")(cost.run)
app.command("mcp")(mcp.run)
app.command("completion")(completion.run)


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
