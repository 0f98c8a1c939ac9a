"""Saved snapshot: the snapshot that an argument of the command line names.

In: a file, `-` or an `s3://` URL: a snapshot, plain or as stored in S3; or an event or
finding that contains it or refers to it; plain or gzipped. Out: the snapshot.
It does not: judge. A reference is followed to S3, and the content must have its hash.
"""

import json
from typing import Any, cast

from pydantic import ValidationError

from parallax.cli.terminal import fail, read_input, source
from parallax.model.finding import SnapshotRef
from parallax.model.packed import UNPACKED_LIMIT, inflate
from parallax.model.plain import plain_line
from parallax.model.secret_text import LONGEST
from parallax.model.snapshot import SCHEMA, Snapshot
from parallax.model.stored_snapshot import (
    STORED_SCHEMA,
    UnknownSchemaError,
    decode_snapshot,
)
from parallax.model.wire import decode
from parallax.snapshots.address import hash_in
from parallax.snapshots.download import DownloadError, check, download

EXPECTED = (
    f"expected a snapshot ({SCHEMA} or {STORED_SCHEMA}), an event with `snapshot`, "
    "a finding with `data.snapshot` or `data.snapshot_ref`, or an s3:// address"
)
GZIP = b"\x1f\x8b"
ENVELOPES = ("snapshot", "data", "finding")
"""Fields in which an event or a finding carries the next part."""
MESSAGES = ("Messages", "Records")
"""Lists in which `aws sqs receive-message` and Lambda carry messages."""
TEXTS = ("Body", "body", "Message")
"""Fields in which a message of SQS or SNS carries the text of an event."""


def read_snapshot(name: str) -> Snapshot:
    """Return the snapshot that an argument names; exit 2 if there is none."""
    return snapshot_in(read_document(name), name)


def read_document(name: str) -> object:
    """Return the JSON that an argument names, out of its message; exit 2 without it."""
    try:
        return event_in(_document(_bytes(name), source(name)))
    except DownloadError as error:
        fail(str(error))


def snapshot_in(document: object, name: str) -> Snapshot:
    """Return the snapshot that a document contains or refers to; exit 2 without it."""
    found = find_snapshot(document)
    reference = None if found else _reference(document)
    if reference:
        name = reference.url
        try:
            body = download(name, reference.sha256)
        except DownloadError as error:
            fail(str(error))
        document = _document(body, name)
        found = find_snapshot(document)
    if found is None:
        problem = _find(document, "snapshot_problem")
        why = (
            f": {plain_line(problem)}" if isinstance(problem, str) else f"; {EXPECTED}"
        )
        fail(f"{source(name)}: contains no snapshot{why}")
    return _decoded(found, source(name))


def find_snapshot(document: object) -> dict[str, Any] | None:
    """Return the snapshot in a snapshot, an event, a finding or a CloudEvent."""
    if not isinstance(document, dict):
        return None
    fields = cast("dict[str, Any]", document)
    is_plain = "taken_at" in fields and "target" in fields
    if is_plain or fields.get("schema") == STORED_SCHEMA:
        return fields
    found = (find_snapshot(fields.get(name)) for name in ENVELOPES)
    return next((snapshot for snapshot in found if snapshot), None)


def fields_of(document: object) -> dict[str, Any]:
    """Return a document's fields; none if it is not an object."""
    return cast("dict[str, Any]", document) if isinstance(document, dict) else {}


def event_in(document: object) -> object:
    """Return the event in a message of SQS or SNS; anything else is unchanged."""
    fields = fields_of(document)
    for name in MESSAGES:
        messages = fields.get(name)
        if isinstance(messages, list) and messages:
            return event_in(cast("list[object]", messages)[0])
    for name in TEXTS:
        text = fields.get(name)
        if isinstance(text, str):
            try:
                return event_in(json.loads(text))
            except (ValueError, RecursionError):
                break
    return document


def _bytes(name: str) -> bytes:
    if name.startswith("s3://"):
        return download(name)
    raw = read_input(name)
    if raw.startswith(GZIP):
        # A stored snapshot keeps its name, and with it the hash, when it is copied.
        check(raw, hash_in(name), source(name))
    return raw


def _document(raw: bytes, where: str) -> object:
    """Return the JSON in a file, which may be gzipped."""
    if raw.startswith(GZIP):
        try:
            raw = inflate(raw, UNPACKED_LIMIT)
        except ValueError as error:
            fail(f"{where}: invalid gzip: {error}")
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        fail(f"{where}: not JSON: {error}; {EXPECTED}")


def _reference(document: object) -> SnapshotRef | None:
    found = _find(document, "snapshot_ref")
    if found is None:
        return None
    try:
        return decode(SnapshotRef, found)
    except ValidationError as error:
        fail(f"snapshot_ref: {wrong_fields(error)}; {EXPECTED}")


def _find(document: object, name: str) -> object:
    """Return a field of an event, a finding or a CloudEvent; None if it is absent."""
    if not isinstance(document, dict):
        return None
    fields = cast("dict[str, Any]", document)
    if fields.get(name) is not None:
        return fields[name]
    found = (_find(fields.get(envelope), name) for envelope in ENVELOPES)
    return next((value for value in found if value is not None), None)


def _decoded(document: dict[str, Any], where: str) -> Snapshot:
    try:
        return decode_snapshot(document)
    except UnknownSchemaError:
        unknown = plain_line(f"{document['schema']}")[:LONGEST]
        known = f"{SCHEMA} or {STORED_SCHEMA}"
        fail(f"{where}: unknown snapshot schema {unknown}; expected {known}")
    except ValidationError as error:
        fail(f"{where}: not a valid snapshot: {wrong_fields(error)}; {EXPECTED}")
    except ValueError as error:
        fail(f"{where}: not a valid snapshot: {error}")


def wrong_fields(error: ValidationError) -> str:
    """Return the first wrong fields of a document."""
    return plain_line(
        "; ".join(
            f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}"
            for e in error.errors()[:5]
        )
    )
