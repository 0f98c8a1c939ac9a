"""Transcript: what `curl -si` prints, taken apart.

In: bytes with a status line, headers, a blank line and a body, in CRLF or LF.
Out: a `Transcript` of the last answer: `100 Continue`, a proxy's CONNECT and
redirects (`-L`) that stand before it are skipped.
It does not: guess. What does not begin with a status line is refused.
Chunks and gzip are undone where they are still in the body (curl undoes chunks
itself, gzip only when it asked for it).
"""

import re
import zlib
from dataclasses import dataclass
from http.client import HTTPException, parse_headers
from io import BytesIO

UNZIPPED_BYTES = 1_000_000
"""No more of a body is unzipped; error pages are far shorter."""
_STATUS_LINE = re.compile(rb"HTTP/(\d(?:\.\d)?) +(\d{3})(?: +([^\r\n]*))?\r?(?:\n|\Z)")
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?(?:\n|\Z)")


class NotAnAnswer(ValueError):  # noqa: N818 - it says what the input is
    """The input is no HTTP answer; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One answer as printed; `reason` is None on HTTP/2 and HTTP/3."""

    status_code: int
    reason: str | None
    headers: tuple[tuple[str, str], ...]
    body: str


def read_transcript(printed: bytes) -> Transcript:
    """Take the last answer from what curl printed; raise `NotAnAnswer`."""
    rest = printed.lstrip(b"\r\n \t")
    if not rest:
        raise NotAnAnswer("the input is empty")
    while True:
        line = _STATUS_LINE.match(rest)
        if line is None:
            raise NotAnAnswer(f"it does not begin with a status line: {rest[:40]!r}")
        head, body = _split(rest[line.end() :])
        following = _next_answer(int(line[2]), body)
        if following is None:
            return _transcript(line, head, body)
        rest = following


def _split(after_line: bytes) -> tuple[bytes, bytes]:
    """Part headers from body at the first blank line."""
    if after_line.startswith((b"\n", b"\r\n")):
        return b"", after_line.split(b"\n", 1)[1]
    blank = _BLANK_LINE.search(after_line)
    if blank is None:
        return after_line, b""
    return after_line[: blank.start()], after_line[blank.end() :]


def _next_answer(status_code: int, body: bytes) -> bytes | None:
    """Return what follows, if another answer follows this one."""
    start = body.lstrip(b"\r\n")
    if _STATUS_LINE.match(start):
        return start
    if 300 <= status_code < 400:  # noqa: PLR2004 - redirects, RFC 9110 section 15.4
        later = re.search(rb"\n(?=HTTP/\d(?:\.\d)? +\d{3})", body)
        return body[later.end() :] if later else None
    return None


def _transcript(line: re.Match[bytes], head: bytes, body: bytes) -> Transcript:
    try:
        message = parse_headers(BytesIO(head + b"\r\n\r\n"))
    except HTTPException as error:
        raise NotAnAnswer(f"its headers cannot be read: {error}") from error
    headers = tuple((n, " ".join(str(v).split())) for n, v in message.items())
    if message.get("transfer-encoding", "").lower() == "chunked":
        body = _without_chunks(body)
    if message.get("content-encoding", "").lower() in ("gzip", "x-gzip", "deflate"):
        body = _unzipped(body)
    return Transcript(
        status_code=int(line[2]),
        reason=(line[3] or b"").decode("latin-1").strip()
        if line[1].startswith(b"1")
        else None,
        headers=headers,
        body=body.decode("utf-8", "replace"),
    )


def _unzipped(body: bytes) -> bytes:
    """Undo gzip or zlib as far as the body goes; what is neither stays as it is."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, UNZIPPED_BYTES)
    except zlib.error:
        return body


class _Body:
    """What httptools calls back with a body's pieces."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def on_body(self, piece: bytes) -> None:
        self.pieces.append(piece)


def _without_chunks(body: bytes) -> bytes:
    """Undo chunks; a body that has none any more is returned as it is."""
    import httptools  # noqa: PLC0415 - few transcripts are chunked

    kept = _Body()
    parser = httptools.HttpResponseParser(kept)
    try:
        parser.feed_data(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        parser.feed_data(body)
    except httptools.HttpParserError:
        return b"".join(kept.pieces) or body
    return b"".join(kept.pieces)
