"""Output: standard streams that never raise.

In: a standard stream in any state: closed, a pipe without a reader, a full disk, an
encoding with few characters. Out: a stream that accepts every text and never raises;
`problem` has the error.
It does not: choose texts or exit statuses; each command line does.
"""

import os
import sys
from contextlib import suppress
from io import StringIO, TextIOWrapper
from typing import Any, TextIO


class Output:
    """A stream for `print`, Rich and typer.

    Characters that the real stream cannot encode become `?`. A pipe whose reader ended
    is not a problem (`| head`); any other error of the operating system is one.
    """

    encoding = "utf-8"
    """The encoding for callers; typer bypasses a stream that reports ASCII."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = StringIO() if stream is None else stream
        self.problem: str | None = None
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - any attribute of a stream
        return getattr(self._stream, name)

    @property
    def narrow(self) -> bool:
        """Whether the real stream cannot encode all characters, e.g. ASCII."""
        try:
            "\N{CHECK MARK}\N{OGHAM LETTER BEITH}".encode(self._stream.encoding)
        except (UnicodeEncodeError, LookupError):
            return True
        except TypeError:  # an in-memory stream has no encoding
            return False
        return False

    def write(self, text: str) -> int:
        """Write, or note the error; after an error everything is dropped."""
        try:
            self._stream.write(text)
        except OSError as error:
            self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Flush the buffer; a full disk causes an error only here."""
        try:
            self._stream.flush()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if not isinstance(error, BrokenPipeError):
            self.problem = self.problem or error.strerror or f"{error}"
        # Python flushes again at exit, and would then exit with status 120.
        with suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self._stream.fileno())
            os.close(null)


def complain(text: str) -> None:
    """Write a line to standard error, if it is open."""
    errors = Output(sys.stderr)
    errors.write(f"{text}\n")
    errors.flush()
