"""Answer: HTTP/1.1 bytes become a status line, headers as sent, and a body.

In: bytes in any cut. Out: status code, reason phrase, headers in order and
with their case, body pieces with the chunking taken off.
It does not: parse by itself; `httptools` (llhttp) does, strictly. It does not bound
a body that goes on; its reader does.
"""

import httptools

from parallax.model.probe import ErrorType
from parallax.probe.failure import Failure

HEAD_LIMIT = 64 * 1024
"""Bytes without a byte of body: a head, a chunk's size line, or a trailer is shorter.

Servers refuse heads of 8 to 32 KiB themselves. Whoever sends more never ends it."""
_INTERIM = range(100, 200)
_SWITCHING_PROTOCOLS = 101


class Answer:
    """One answer as it arrives; the callbacks bear llhttp's names."""

    def __init__(self) -> None:
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
            # Whatever follows a complete answer is not ours to judge.
            if not self.complete:
                raise self._invalid(f"not HTTP/1.1: {error}") from error
        if not self.complete and self._without_body > HEAD_LIMIT:
            raise self._invalid(f"more than {HEAD_LIMIT} bytes {self._endless()}")

    def end(self, *, reset: bool = False) -> None:
        """Take the end of the connection; raises `Failure` if it came too early."""
        if self.complete:
            return
        if not self._received:
            raise Failure(ErrorType.CONNECTION_CLOSED, "closed without an answer")
        if self.status_code is None:
            raise self._invalid("closed inside the headers")
        if reset or not self._ends_with_connection():
            raise Failure(ErrorType.BODY_INCOMPLETE, "closed inside the body")
        self.complete = True

    def take(self) -> list[bytes]:
        """Return the body pieces that have arrived since the last call."""
        pieces, self.pieces = self.pieces, []
        return pieces

    @property
    def reason(self) -> bytes:
        """The reason phrase, which tells servers apart."""
        return self._reason

    def _invalid(self, detail: str) -> Failure:
        # The first bytes name the stranger: an SSH banner, a TLS alert.
        detail = f"{detail}; it began {self._start!r}"
        return Failure(ErrorType.INVALID_RESPONSE, detail)

    def _endless(self) -> str:
        """Say what has not ended yet."""
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
        """Begin an answer; an interim one (1xx) came before it."""
        if not self.complete:
            self._reset()

    def on_status(self, status: bytes) -> None:
        """Add to the reason phrase."""
        if not self.complete:
            self._reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header; trailers come here too and are left out."""
        if self.status_code is None:
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Take the status code: the headers are all here."""
        if not self.complete:
            self.status_code = self._parser.get_status_code()
            if self.status_code not in _INTERIM:
                self._without_body = 0

    def on_chunk_header(self) -> None:
        """Take the end of a chunk's size line; behind size 0 begins the trailer."""
        self._in_chunk = True

    def on_chunk_complete(self) -> None:
        """Take the end of a chunk."""
        self._in_chunk = False

    def on_body(self, piece: bytes) -> None:
        """Add a piece of the body."""
        if not self.complete:
            self._without_body = 0
            self.pieces.append(piece)

    def on_message_complete(self) -> None:
        """End the answer; an interim one makes way for the real one."""
        code = self.status_code or 0
        if code in _INTERIM and code != _SWITCHING_PROTOCOLS:
            self._interim += 1
            self._reset()
        else:
            self.complete = True
