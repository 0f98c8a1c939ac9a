"""`parallax judge SNAPSHOT.json`: judge a saved snapshot again, anywhere.

In: a snapshot's JSON, or an event or finding that carries one; gzip too.
Out: the judgement for people, or as JSON by its wire names.
It does not: read anything but that file; a judgement needs nothing else.
"""

# ruff: noqa: PLC0415 - what a command needs is imported when it runs

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from parallax.cli.terminal import read_input, refuse, show_json, source
from parallax.model.plain import plain_line
from parallax.model.secret_text import LONGEST

if TYPE_CHECKING:
    from parallax.model.snapshot import Snapshot

EXPECTED = (
    "expected a snapshot (io.parallax.snapshot.v1), an event with `snapshot`, "
    "or a finding with `data.snapshot`"
)


def run(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A saved snapshot or finding, or -.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge a saved snapshot: symptom, cause, path, all answers."""
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
    """Read a snapshot from any of the forms it is saved in; exit 2 if none."""
    from pydantic import ValidationError

    from parallax.model.snapshot import SCHEMA, Snapshot
    from parallax.model.wire import decode

    found = find_snapshot(_document(name))
    if found is None:
        refuse(f"{source(name)}: holds no snapshot; {EXPECTED}")
    version = found.get("schema", SCHEMA)
    if version != SCHEMA:
        unknown = plain_line(f"{version}")[:LONGEST]
        refuse(f"{source(name)}: unknown snapshot schema {unknown}; expected {SCHEMA}")
    try:
        return decode(Snapshot, found)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}"
            for e in error.errors()[:5]
        )
        what = f"not a snapshot of this version: {plain_line(wrong)}"
        refuse(f"{source(name)}: {what}; {EXPECTED}")


def find_snapshot(document: object) -> dict[str, Any] | None:
    """Find the snapshot in a bare one, an event, a finding or a CloudEvent."""
    if not isinstance(document, dict):
        return None
    held = cast("dict[str, Any]", document)
    if "taken_at" in held and "target" in held:
        return held
    return find_snapshot(held.get("snapshot")) or find_snapshot(held.get("data"))


def _document(name: str) -> object:
    """Read JSON, unpacking gzip where its magic bytes stand."""
    raw = read_input(name)
    try:
        if raw.startswith(b"\x1f\x8b"):
            raw = gzip.decompress(raw)
        return json.loads(raw)
    except (OSError, EOFError, zlib.error) as error:
        refuse(f"{source(name)}: broken gzip: {error}")
    except (ValueError, RecursionError) as error:
        refuse(f"{source(name)}: no JSON: {error}; {EXPECTED}")
