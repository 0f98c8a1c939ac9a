"""Transcript: parse the output of `curl -si`.

In: bytes with a status line, headers, a blank line and a body, in CRLF or LF.
Out: a `Transcript` of each response: `100 Continue` and a proxy's response to CONNECT
are skipped; redirects (`-L`) are responses too.
It does not: guess. Input without a status line at its start is an error.
Chunks and gzip that remain in the body are decoded (curl decodes chunks itself, gzip
only on request).
"""

import re
import zlib
from dataclasses import dataclass
from http.client import HTTPException, parse_headers
from io import BytesIO

DECOMPRESSED_BYTES = 1_000_000
"""Most bytes of a decompressed body; error pages are much shorter."""
_STATUS_LINE = re.compile(rb"HTTP/(\d(?:\.\d)?) +(\d{3})(?: +([^\r\n]*))?\r?(?:\n|\Z)")
_LATER = re.compile(
    rb"\n(?=HTTP/\d(?:\.\d)? +\d{3}(?: [^\r\n]*)?\r?\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:)"
)
"""The end of a body before a status line that a header follows."""
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?(?:\n|\Z)")


class NotAResponse(ValueError):  # noqa: N818 - it describes the input
    """The input is not an HTTP response; the text is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One response as printed; `reason` is None on HTTP/2 and HTTP/3.

    `page_only`: only the page was pasted; the status is that of its headline, or 0.
    """

    status_code: int
    reason: str | None
    headers: tuple[tuple[str, str], ...]
    body: str
    page_only: bool = False


def read_transcripts(printed: bytes) -> list[Transcript]:
    """Return every response in the output of curl, in order; raises `NotAResponse`."""
    rest = printed.lstrip(b"\r\n \t")
    if not rest:
        raise NotAResponse("the input is empty")
    found: list[Transcript] = []
    while True:
        line = _STATUS_LINE.match(rest)
        if line is None:
            raise NotAResponse(f"it does not start with a status line: {rest[:40]!r}")
        head, body = _split(rest[line.end() :])
        following = _next_response(body)
        end = len(body) - len(following) if following is not None else len(body)
        if following is None or not _is_interim(line):
            found.append(_transcript(line, head, body[:end]))
        if following is None:
            return found
        rest = following


def _is_interim(line: re.Match[bytes]) -> bool:
    """Whether another response to the same request, or through a tunnel, follows."""
    established = b"connection established" in (line[3] or b"").lower()
    return line[2].startswith(b"1") or established


def _split(after_line: bytes) -> tuple[bytes, bytes]:
    """Split headers and body at the first blank line."""
    if after_line.startswith((b"\n", b"\r\n")):
        return b"", after_line.split(b"\n", 1)[1]
    blank = _BLANK_LINE.search(after_line)
    if after_line.startswith((b"{", b"<")) and not after_line.startswith(b"< "):
        return b"", after_line  # pasted without its headers
    if blank is None:
        return after_line, b""
    return after_line[: blank.start()], after_line[blank.end() :]


def _next_response(body: bytes) -> bytes | None:
    """Return the rest of the output if another response follows."""
    start = body.lstrip(b"\r\n")
    if _STATUS_LINE.match(start):
        return start
    later = _LATER.search(body)
    return body[later.end() :] if later else None


def _transcript(line: re.Match[bytes], head: bytes, body: bytes) -> Transcript:
    try:
        message = parse_headers(BytesIO(head + b"\r\n\r\n"))
    except HTTPException as error:
        raise NotAResponse(f"the headers cannot be parsed: {error}") from error
    headers = tuple((n, " ".join(str(v).split())) for n, v in message.items())
    if message.get("transfer-encoding", "").lower() == "chunked":
        body = _without_chunks(body)
    if message.get("content-encoding", "").lower() in ("gzip", "x-gzip", "deflate"):
        body = _decompressed(body)
    return Transcript(
        status_code=int(line[2]),
        reason=(line[3] or b"").decode("latin-1").strip()
        if line[1].startswith(b"1")
        else None,
        headers=headers,
        body=body.decode("utf-8", "replace"),
    )


def _decompressed(body: bytes) -> bytes:
    """Decompress gzip or zlib as far as the body goes; other bodies are unchanged."""
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(
            body, DECOMPRESSED_BYTES
        )
    except zlib.error:
        return body


class _Body:
    """Receives the pieces of a body from httptools."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def on_body(self, piece: bytes) -> None:
        self.pieces.append(piece)


def _without_chunks(body: bytes) -> bytes:
    """Decode chunks; a body without chunks is returned unchanged."""
    import httptools  # noqa: PLC0415 - few transcripts are chunked

    decoded = _Body()
    parser = httptools.HttpResponseParser(decoded)
    try:
        parser.feed_data(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        parser.feed_data(body)
    except httptools.HttpParserError:
        return b"".join(decoded.pieces) or body
    return b"".join(decoded.pieces)
