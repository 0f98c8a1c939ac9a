"""Output: standard streams that change neither a command's result nor its text.

In: a standard stream in any state: closed, a pipe that nobody reads, a full disk, an
encoding that lacks characters. Out: a stream that takes every text and never raises;
what went wrong stands in `problem`.
It does not: choose texts or exit statuses; each command line does.
"""

import os
import sys
from contextlib import suppress
from io import StringIO, TextIOWrapper
from typing import Any, TextIO


class Output:
    """A stream as `print`, Rich and typer use it.

    Characters that the real stream cannot encode are replaced by `?`. A reader that
    went away is no problem (`| head`); any other error of the system is, by its text.
    """

    encoding = "utf-8"
    """What callers may write; typer goes around a stream that calls itself ASCII."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = StringIO() if stream is None else stream
        self.problem: str | None = None
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a stream has
        return getattr(self._stream, name)

    @property
    def narrow(self) -> bool:
        """Whether the real stream lacks characters, e.g. because it is ASCII."""
        try:
            "\N{CHECK MARK}\N{OGHAM LETTER BEITH}".encode(self._stream.encoding)
        except (UnicodeEncodeError, LookupError):
            return True
        except TypeError:  # a stream in memory has no encoding
            return False
        return False

    def write(self, text: str) -> int:
        """Write, or note why that failed; then everything else is dropped."""
        try:
            self._stream.write(text)
        except OSError as error:
            self._fail(error)
        return len(text)

    def flush(self) -> None:
        """Hand over what is buffered; where the disk is full it fails only here."""
        try:
            self._stream.flush()
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        if not isinstance(error, BrokenPipeError):
            self.problem = self.problem or error.strerror or f"{error}"
        # Python flushes once more at its end, and would exit with 120 then.
        with suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, self._stream.fileno())
            os.close(null)


def complain(text: str) -> None:
    """Write a line to standard error, if there is one that takes it."""
    errors = Output(sys.stderr)
    errors.write(f"{text}\n")
    errors.flush()
