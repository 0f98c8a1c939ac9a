"""`parallax status-page`: write the public status page of a stack.

In: a directory or `s3://bucket/prefix`, the page's address and title, a stack's name,
the targets file. Out: `index.html`, `feed.xml`, `status.json`, and one line. Exit
status: 0, or 2: a problem with the file, the destination, or AWS.
It does not: serve the files, or make a bucket public.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parallax.cli.stack_groups import TABLE_OUTPUT, Stack, problems
from parallax.cli.terminal import fail, source

if TYPE_CHECKING:
    from parallax.overview.sources import Sources

OUTPUTS = (TABLE_OUTPUT, "JournalTable", "UptimeTable")


def run(
    address: Annotated[
        str,
        typer.Argument(metavar="DIRECTORY", help="A directory, or s3://bucket/prefix."),
    ],
    *,
    url: Annotated[
        str,
        typer.Option(
            "--url", metavar="URL", help="Address at which the page is served."
        ),
    ],
    title: Annotated[
        str, typer.Option("--title", metavar="TEXT", help="Title of the page.")
    ] = "Status",
    file: Annotated[
        Path | None,
        typer.Option(
            "--targets",
            metavar="FILE",
            help="Targets file. [default: $PARALLAX_TARGETS, else targets.yaml]",
        ),
    ] = None,
    stack: Stack = "parallax",
) -> None:
    """Write the public status page, with a feed.

    The files are index.html, feed.xml and status.json. The page shows the targets with
    `public:`. Run it every few minutes, and keep status.json: the next run reads
    the earlier incidents from it.
    """
    from parallax.model import web_url
    from parallax.status_page.destination import DestinationError, destination
    from parallax.status_page.publish import (
        NothingPublicError,
        NotKnownError,
        Site,
        publish,
    )
    from parallax.status_page.status_file import StatusFileError
    from parallax.targets import TargetsError, find, load

    if wrong := web_url.problem(url):
        fail(f"--url: {wrong}")
    try:
        where, targets = destination(address), load(file or find())
    except (DestinationError, TargetsError) as error:
        fail(f"{error}")
    site = Site(title=title.strip() or "Status", url=f"{url.rstrip('/')}/")
    with problems():
        facts = _sources(stack).read(targets)
        try:
            wrote = publish(site, targets, facts, where, datetime.now(UTC))
        except OSError as error:
            fail(f"{source(address)}: cannot be used: {error.strerror}")
        except StatusFileError as error:
            fail(f"{source(address)}: status.json is not replaced: {error}")
        except (NothingPublicError, NotKnownError) as error:
            fail(f"{error}")
    typer.echo(f"{source(address)}: {'written' if wrote else 'unchanged'}")


def _sources(stack: str) -> "Sources":
    from parallax.overview.sources import Sources
    from parallax.redrive.stack import StackError, outputs_of

    outputs = outputs_of(stack)
    lacking = [name for name in OUTPUTS if name not in outputs]
    if lacking:
        raise StackError(f"stack {stack}: expected the outputs {', '.join(lacking)}")
    incidents, journal, uptime = (outputs[name] for name in OUTPUTS)
    return Sources(incidents=incidents, journal=journal, uptime=uptime)
