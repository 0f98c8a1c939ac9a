"""Pushes: what a holder of an agent's key, or an unknown sender, sends to `ingest`.

In: recorded reports as pushes of both schema versions. Out: the entries of the body, of
its compression, and of the signature. It does not: store.
"""

import base64
import gzip
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from standardwebhooks import Webhook

from fuzz.entries.recorded import dumped, snapshots
from fuzz.entry import Entry, Kind
from parallax.ingest.acceptance import accept
from parallax.ingest.rejection import PushRejected
from parallax.model.packed import inflate
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push, ReadingPart
from parallax.model.wire import encode

KEY = "whsec_" + base64.b64encode(b"f" * 24).decode()
NOW = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
BOMB = gzip.compress(bytes(4 * 1024**2))


@cache
def _pushes() -> tuple[bytes, ...]:
    found: list[bytes] = []
    for snapshot in snapshots():
        report = next((r for r in snapshot.reports if r.reading), None)
        if report is None or report.reading is None:
            continue
        push = Push(
            schema=SCHEMA,
            cluster=report.cluster,
            node=report.node,
            sent_at=report.sent_at,
            reports=(report,),
        )
        beat = Heartbeat(sequence=1, interval=30.0, targets=1)
        part = ReadingPart(digest="0" * 64, reading=report.reading)
        second = replace(push, schema=SCHEMA_V2, heartbeat=beat, readings=(part,))
        bare = replace(second, reports=(), readings=())
        found += [dumped(encode(one)) for one in (push, second, bare)]
    return tuple(found)


def _signed(body: bytes) -> dict[str, str]:
    try:
        signature = Webhook(KEY).sign("m", datetime.now(UTC), body.decode())
    except ValueError:
        signature = "v1,AAAA"
    stamp = str(int(datetime.now(UTC).timestamp()))
    return {
        "webhook-id": "m",
        "webhook-timestamp": stamp,
        "webhook-signature": signature,
    }


def _take(body: bytes) -> None:
    accept(_signed(body), body, [KEY], NOW)


def _take_packed(body: bytes) -> None:
    try:
        plain = inflate(body, 1024**2)
    except ValueError:
        plain = b""
    accept(_signed(plain) | {"content-encoding": "gzip"}, body, [KEY], NOW)


def _take_headers(data: bytes) -> None:
    headers, _, body = data.partition(b"\n\n")
    pairs = (line.partition(": ") for line in headers.decode("latin-1").split("\n"))
    accept({name: value for name, _, value in pairs}, body, [KEY, ""], NOW)


def _with_headers() -> list[bytes]:
    body = b'{"schema": "io.parallax.observations.v1"}'
    lines = [f"{name}: {value}" for name, value in _signed(body).items()]
    return [("\n".join([*lines, f"content-encoding: {c}"]) + "\n\n").encode() + body
            for c in ("identity", "gzip")]  # fmt: skip


def _packed() -> list[bytes]:
    empty = zlib.compressobj(wbits=31)
    return [*map(gzip.compress, _pushes()), BOMB, empty.flush(), gzip.compress(BOMB)]


def _unschemed(body: bytes) -> None:
    _take(dumped({"schema": SCHEMA_V2, "heartbeat": json.loads(body or b"null")}))


ENTRIES = (
    Entry(
        name="push",
        seeds=_pushes,
        call=_take,
        allowed=(PushRejected,),
        kind=Kind.JSON,
        share=12,
    ),
    Entry(name="push-gzip", seeds=_packed, call=_take_packed, allowed=(PushRejected,)),
    Entry(
        name="push-signature",
        seeds=_with_headers,
        call=_take_headers,
        allowed=(PushRejected,),
        share=12,
    ),
    Entry(
        name="push-heartbeat",
        seeds=lambda: [dumped(encode(Heartbeat(sequence=1, interval=30.0, targets=1)))],
        call=_unschemed,
        allowed=(PushRejected, ValueError, RecursionError),
        kind=Kind.JSON,
        share=8,
    ),
)
