"""`parallax judge FILE`: judge a saved snapshot again.

In: a snapshot as JSON, or an event or finding that contains one, plain or gzipped.
Out: the judgement as text, or as JSON with its wire names.
It does not: read anything else; a judgement needs only its snapshot.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from parallax.cli.terminal import fail, read_input, show_json, source
from parallax.model.plain import plain_line
from parallax.model.secret_text import LONGEST

if TYPE_CHECKING:
    from parallax.model.snapshot import Snapshot

EXPECTED = (
    "expected a snapshot (io.parallax.snapshot.v1), an event with `snapshot` "
    "or a finding with `data.snapshot`"
)


def run(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="Saved snapshot or finding; - reads standard input."
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge a saved snapshot again; show the cause and evidence."""
    snapshot = read_snapshot(file)
    if as_json:
        from parallax.notify.replay import replay

        show_json(replay(snapshot))
        return
    from parallax.cli.judgement_lines import lines
    from parallax.cli.page import show
    from parallax.diagnose.judge import judge

    show(lines(judge(snapshot), snapshot))


def read_snapshot(name: str) -> "Snapshot":
    """Return the snapshot in a file of any supported form; exit 2 if there is none."""
    from pydantic import ValidationError

    from parallax.model.snapshot import SCHEMA, Snapshot
    from parallax.model.wire import decode

    snapshot = find_snapshot(_document(name))
    if snapshot is None:
        fail(f"{source(name)}: contains no snapshot; {EXPECTED}")
    version = snapshot.get("schema", SCHEMA)
    if version != SCHEMA:
        unknown = plain_line(f"{version}")[:LONGEST]
        fail(f"{source(name)}: unknown snapshot schema {unknown}; expected {SCHEMA}")
    try:
        return decode(Snapshot, snapshot)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}"
            for e in error.errors()[:5]
        )
        what = f"not a valid snapshot: {plain_line(wrong)}"
        fail(f"{source(name)}: {what}; {EXPECTED}")


def find_snapshot(document: object) -> dict[str, Any] | None:
    """Return the snapshot in a snapshot, an event, a finding or a CloudEvent."""
    if not isinstance(document, dict):
        return None
    fields = cast("dict[str, Any]", document)
    if "taken_at" in fields and "target" in fields:
        return fields
    return find_snapshot(fields.get("snapshot")) or find_snapshot(fields.get("data"))


def _document(name: str) -> object:
    """Return the JSON in a file, which may be gzipped."""
    raw = read_input(name)
    try:
        if raw.startswith(b"\x1f\x8b"):
            raw = gzip.decompress(raw)
        return json.loads(raw)
    except (OSError, EOFError, zlib.error) as error:
        fail(f"{source(name)}: invalid gzip: {error}")
    except (ValueError, RecursionError) as error:
        fail(f"{source(name)}: not JSON: {error}; {EXPECTED}")
