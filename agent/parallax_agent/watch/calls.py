"""Calls: API calls, one at a time, that another thread can end at any moment.

In: a path of the API, queries. Out: open responses.
It does not: read the responses, or retry.
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
        """Whether there will be no more calls."""
        return self._ended.is_set()

    def pause(self, seconds: float) -> None:
        """Wait this long, or until `end`."""
        self._ended.wait(seconds)

    def end(self) -> None:
        """End the open call, even while its stream is silent."""
        self._ended.set()
        with self._lock:
            _shut_down(self._open)

    @contextmanager
    def open(
        self, query: Mapping[str, str], read_seconds: float
    ) -> Generator[HTTPResponse]:
        """Open a response; raises as `Apis.get` does."""
        parameters = {**self._query, **query}
        response = self._apis.get(self._path, parameters, read_seconds)
        with closing(response):
            with self._lock:
                self._open = response
                if self._ended.is_set():
                    _shut_down(response)
            try:
                yield response
            finally:
                with self._lock:
                    self._open = None


def _shut_down(response: HTTPResponse | None) -> None:
    """End a read that waits; no effect on a response that has ended."""
    if response is not None:
        with suppress(OSError, RuntimeError, ValueError):
            response.shutdown()
