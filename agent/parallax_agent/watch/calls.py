"""Calls: one call after the other, that another thread can end at any moment.

In: a path of the API, queries. Out: open answers.
It does not: read the answers, or try again.
"""

import threading
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager, suppress

from urllib3 import HTTPResponse

from parallax_agent.watch.connection import Apis


class Calls:
    """The calls of one thread."""

    def __init__(self, apis: Apis, path: str, query: Mapping[str, str]) -> None:
        self._apis = apis
        self._path = path
        self._query = query
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._open: HTTPResponse | None = None

    @property
    def ended(self) -> bool:
        """Whether there are to be no more calls."""
        return self._ended.is_set()

    def pause(self, seconds: float) -> None:
        """Wait, or until the end."""
        self._ended.wait(seconds)

    def end(self) -> None:
        """End the open call, also in the middle of a silent stream."""
        self._ended.set()
        with self._lock:
            _cut(self._open)

    @contextmanager
    def open(
        self, query: Mapping[str, str], read_seconds: float
    ) -> Generator[HTTPResponse]:
        """Open an answer; raises as `Apis.get` does."""
        asked = {**self._query, **query}
        response = self._apis.get(self._path, asked, read_seconds)
        with closing(response):
            with self._lock:
                self._open = response
                if self._ended.is_set():
                    _cut(response)
            try:
                yield response
            finally:
                with self._lock:
                    self._open = None


def _cut(response: HTTPResponse | None) -> None:
    """Let a read that waits end; an answer that is over stays so."""
    if response is not None:
        with suppress(OSError, RuntimeError, ValueError):
            response.shutdown()
