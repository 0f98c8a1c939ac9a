"""Answer: HTTP/1.1 bytes become a status line, headers as sent, and a body.

In: bytes in any cut. Out: status code, reason phrase, headers in order and
with their case, body pieces with the chunking taken off.
It does not: parse by itself; `httptools` (llhttp) does, strictly.
"""

import httptools

from parallax.model.probe import ErrorType
from parallax.probe.failure import Failure

HEAD_LIMIT = 64 * 1024
"""Bytes before the body; a peer that sends more does not speak HTTP."""
_SWITCHING_PROTOCOLS = 101


class Answer:
    """One answer as it arrives; the callbacks bear llhttp's names."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._received = 0
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
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            self.complete = True
        except httptools.HttpParserError as error:
            # Whatever follows a complete answer is not ours to judge.
            if not self.complete:
                raise self._invalid(f"not HTTP/1.1: {error}") from error
        if self.status_code is None and self._received > HEAD_LIMIT:
            raise self._invalid(f"more than {HEAD_LIMIT} bytes of headers")

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

    def on_body(self, piece: bytes) -> None:
        """Add a piece of the body."""
        if not self.complete:
            self.pieces.append(piece)

    def on_message_complete(self) -> None:
        """End the answer; an interim one makes way for the real one."""
        code = self.status_code or 0
        if code in range(100, 200) and code != _SWITCHING_PROTOCOLS:
            self._reset()
        else:
            self.complete = True
