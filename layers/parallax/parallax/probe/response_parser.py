"""Response parser: status line, headers as sent, and body from HTTP/1.1 bytes.

In: bytes in pieces of any size. Out: status code, reason phrase, headers in order and
with their case, pieces of the body without chunk framing.
It does not: parse by itself; `httptools` (llhttp) does, strictly. It does not limit a
body without an end; its reader does.
"""

import httptools

from parallax.model.probe import ErrorType
from parallax.probe.failure import Failure

HEAD_LIMIT = 64 * 1024
"""Bytes without a byte of body: headers, a chunk's size line and a trailer are shorter.

Common servers limit headers to 8 to 32 KiB; a sender of more may never end them."""
_INTERIM = range(100, 200)
_SWITCHING_PROTOCOLS = 101


class ResponseParser:
    """One response as it arrives; the callbacks have llhttp's names.

    A response `to_head` ends with its headers (RFC 9110, section 9.3.2).
    """

    def __init__(self, *, to_head: bool = False) -> None:
        self._to_head = to_head
        self._parser = httptools.HttpResponseParser(self)
        self._received = 0
        self._without_body = 0
        self._interim = 0
        self._in_chunk = False
        self._start = b""
        self._reset()

    def _reset(self) -> None:
        self._reason = b""
        self.status_code: int | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.pieces: list[bytes] = []
        self.complete = False

    def feed(self, piece: bytes) -> None:
        """Take the next bytes; raises `Failure` if they are not HTTP."""
        if not self._received:
            self._start = piece[:64]
        self._received += len(piece)
        self._without_body += len(piece)
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            self.complete = True
        except httptools.HttpParserError as error:
            # What follows a complete response does not matter.
            if not self.complete:
                raise self._invalid(f"not HTTP/1.1: {error}") from error
        if not self.complete and self._without_body > HEAD_LIMIT:
            raise self._invalid(f"more than {HEAD_LIMIT} bytes {self._unfinished()}")

    def end(self, *, reset: bool = False) -> None:
        """Note the end of the connection; raises `Failure` if it is too early."""
        if self.complete:
            return
        if not self._received:
            raise Failure(
                ErrorType.CONNECTION_CLOSED, "connection closed before a response"
            )
        if self.status_code is None:
            raise self._invalid("connection closed within the headers")
        if reset or not self._ends_with_connection():
            raise Failure(
                ErrorType.BODY_INCOMPLETE, "connection closed within the body"
            )
        self.complete = True

    def take(self) -> list[bytes]:
        """Return the body pieces that have arrived since the last call."""
        pieces, self.pieces = self.pieces, []
        return pieces

    @property
    def reason(self) -> bytes:
        """The reason phrase; some servers send their own."""
        return self._reason

    def _invalid(self, detail: str) -> Failure:
        # The first bytes identify another protocol: an SSH banner, a TLS alert.
        detail = f"{detail}; the first bytes were {self._start!r}"
        return Failure(ErrorType.INVALID_RESPONSE, detail)

    def _unfinished(self) -> str:
        """Return which part has not ended yet."""
        if self.status_code is not None:
            place = "the trailer" if self._in_chunk else "the size line of a chunk"
            return f"in {place} of the body"
        if self._interim:
            return f"in {self._interim} interim responses (1xx) and no final one"
        return "of headers"

    def _ends_with_connection(self) -> bool:
        names = {name.lower() for name, _ in self.headers}
        return not names & {b"content-length", b"transfer-encoding"}

    def on_message_begin(self) -> None:
        """Begin a response; an interim one (1xx) may precede it."""
        if not self.complete:
            self._reset()

    def on_status(self, status: bytes) -> None:
        """Add to the reason phrase."""
        if not self.complete:
            self._reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header; trailers also arrive here and are omitted."""
        if self.status_code is None:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Take the status code: the headers are complete."""
        if not self.complete:
            self.status_code = self._parser.get_status_code()
            if self.status_code not in _INTERIM:
                self._without_body = 0
                self.complete = self._to_head

    def on_chunk_header(self) -> None:
        """Note the end of a chunk's size line; the trailer follows size 0."""
        self._in_chunk = True

    def on_chunk_complete(self) -> None:
        """Note the end of a chunk."""
        self._in_chunk = False

    def on_body(self, piece: bytes) -> None:
        """Add a piece of the body."""
        if not self.complete:
            self._without_body = 0
            self.pieces.append(piece)

    def on_message_complete(self) -> None:
        """End the response; after an interim one the final one follows."""
        code = self.status_code or 0
        if code in _INTERIM and code != _SWITCHING_PROTOCOLS:
            self._interim += 1
            self._reset()
        else:
            self.complete = True
