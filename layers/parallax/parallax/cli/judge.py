"""`parallax judge SOURCE`: judge a saved snapshot again.

In: a snapshot as JSON, or an event or finding that contains one or refers to one in S3,
plain or gzipped; or an `s3://` address. Out: the judgement as text, or as JSON with its
wire names.
It does not: read anything else; a judgement needs only its snapshot.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

from typing import Annotated

import typer

from parallax.cli.terminal import show_json


def run(
    file: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Saved snapshot or finding (CloudEvent); an s3:// address of a"
            " snapshot; - reads standard input.",
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge a saved snapshot again; show the cause and evidence."""
    from parallax.cli.saved_snapshot import read_snapshot

    snapshot = read_snapshot(file)
    if as_json:
        from parallax.notify.replay import replay

        show_json(replay(snapshot))
        return
    from parallax.cli.judgement_lines import lines
    from parallax.cli.page import show
    from parallax.diagnose.judge import judge

    show(lines(judge(snapshot), snapshot))
