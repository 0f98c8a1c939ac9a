"""Reflector: keeps one cache equal to the API server's objects, by list and watch.

In: a resource of one namespace, or of all. Out: its `Cache`, kept up to date.
It does not: poll: it reads a list in pages, then one stream of changes.

The list is pruned page by page and each object on arrival, so that memory holds one
page and the used fields. A stream that ends is reopened from the last known version
(bookmarks keep it recent). The list is read again if the server no longer has that
version (410, as a status or as an event), if the stream keeps failing, or if a line
cannot be parsed. Waits grow and are randomized, so that all agents do not reconnect at
once. A forbidden or missing resource is retried once a minute, because permissions are
granted without a restart.
Source: Kubernetes API concepts, "Efficient detection of changes".
"""

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import override

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError, ReadTimeoutError

from parallax.http_limits import TooLargeError
from parallax.model.wire import Json
from parallax_agent.watch.cache import Cache, Key, Unavailable
from parallax_agent.watch.calls import Calls
from parallax_agent.watch.connection import (
    CALL_SECONDS,
    Apis,
    body_of,
    describe_error,
    retry_after,
    status_of,
)
from parallax_agent.watch.objects import many, part
from parallax_agent.watch.resources import RESOURCES, WatchSpec, prune
from parallax_agent.watch.stream import lines

PAGE = 100
"""Objects per page: some 1 MB of pods on the wire."""
PAGE_BYTES = 8_000_000
"""Measured: 100 pods or nodes of the benchmark's cluster have 0.7 MB, and 100
EndpointSlices of 100 endpoints 3 MB. The container has 256 MiB for all watches."""
PAGE_SECONDS = 30.0
"""Seconds for a whole page, however slowly it arrives."""
SHRINK_FACTOR = 10
"""If a page is too large, the list is read again in pages of a tenth of the size."""
_ONE_PAGE = threading.Lock()
"""Decoded pages are ten times larger, so all reflectors together hold one."""
WATCH_SECONDS = 60.0
"""The duration of a watch, up to twice this. A server checks permissions when a watch
begins, never while it runs (observed: 1.36), so a lost permission is noticed this
late."""
SILENT_SECONDS = 90.0
"""A server sends a bookmark each minute; a stream without one is reopened."""
CHUNK_BYTES = 65536
BACKOFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
REFUSED_SECONDS = (2.0, 5.0, 10.0, 30.0, 60.0)
"""Short at first: an API server that has just started rejects permitted requests until
it has read its roles (observed: kube-apiserver 1.20.2, some seconds)."""
SHORT_SECONDS = 1.0
"""A stream that ends sooner without data is not reopened at once."""
MAX_FAILURES = 3
"""Failures in a row after which the list is read again, and the failure is logged."""
_UNAVAILABLE: dict[int, Unavailable] = {
    HTTPStatus.FORBIDDEN: Unavailable.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Unavailable.ABSENT,
}

logger = logging.getLogger(__name__)


class Reflector(threading.Thread):
    """Lists and watches until it is stopped."""

    def __init__(
        self,
        apis: Apis,
        spec: WatchSpec,
        seconds: Callable[[], float] = lambda: WATCH_SECONDS,
    ) -> None:
        """`seconds`: returns how long the next watch lasts; called as each begins."""
        super().__init__(name=spec.describe_call("watch"), daemon=True)
        self.cache = Cache()
        self._seconds = seconds
        self._spec = spec
        self._calls = Calls(apis, spec.path, spec.query)
        self._shape = RESOURCES[spec.resource].shape
        self._version: str | None = None
        self._verb = "list"
        self._page_size = PAGE
        self._failures = 0
        self._logged_problem = ""

    @override
    def run(self) -> None:
        """Reflect; any error becomes a problem of the cache and is retried."""
        while not self._calls.ended:
            try:
                self._reflect()
                wait = self._backoff(self._failures)
            except (ApiException, HTTPError, OSError) as error:
                wait = self._handle_failure(error)
            except Exception as error:
                # A malformed object must not end the watch. An event may be lost,
                # so list again.
                logger.exception(
                    "watch failed unexpectedly", extra={"watch": self.name}
                )
                self._version = None
                wait = self._handle_failure(error)
            self._calls.pause(wait)

    def stop(self) -> None:
        """End at once, even while the stream is silent."""
        self._calls.end()

    def _reflect(self) -> None:
        if self._version is None:
            self._verb = "list"
            self._version = self._list()
        if self._version is None:
            return  # stopped
        self._verb = "watch"
        began, received = time.monotonic(), 0
        try:
            for line in self._lines(self._version):
                self._apply(json.loads(line))
                received += 1
        except ReadTimeoutError:
            pass  # silent, not broken: reopened from the last known version
        finally:
            if received or time.monotonic() - began >= SHORT_SECONDS:
                self._failures = 0
        if not received and time.monotonic() - began < SHORT_SECONDS:
            self._failures += 1

    def _list(self) -> str | None:
        """Read every page into the cache; return the version of the list."""
        objects: dict[Key, Json] = {}
        query = {"limit": str(self._page_size)}
        while not self._calls.ended:
            with self._calls.open(query, CALL_SECONDS) as response:
                try:
                    data = body_of(response, PAGE_BYTES, PAGE_SECONDS)
                except TooLargeError:
                    self._page_size = max(1, self._page_size // SHRINK_FACTOR)
                    raise
            with _ONE_PAGE:
                body = json.loads(data)
                objects |= self._prune(many(body, "items"))
                meta = part(body, "metadata")
                del data, body
            if not meta.get("continue"):
                self.cache.replace(objects)
                return str(meta.get("resourceVersion") or "")
            query["continue"] = meta["continue"]
        return None

    def _prune(self, items: Iterable[Json]) -> dict[Key, Json]:
        """Keep the used fields of objects; skip objects without a name."""
        named = ((_key(item), item) for item in items)
        return {key: prune(item, self._shape) for key, item in named if key}

    def _lines(self, version: str) -> Iterator[bytes]:
        """Open a stream of changes since a version and yield its lines."""
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(int(_jittered(self._seconds(), 1, 2))),
        }
        with self._calls.open(query, SILENT_SECONDS) as response:
            self.cache.mark_live()
            self._log_recovery()
            for line in lines(response.stream(CHUNK_BYTES)):
                if self._calls.ended:
                    return
                if line.strip():
                    yield line

    def _apply(self, event: Json) -> None:
        """Apply one event of the stream to the cache."""
        kind, item = event["type"], event["object"]
        if kind == "ERROR":
            raise ApiException(status=item.get("code"), reason=item.get("reason"))
        key = _key(item)
        if kind == "DELETED" and key:
            self.cache.drop(key)
        elif kind in {"ADDED", "MODIFIED"} and key:
            self.cache.put(key, prune(item, self._shape))
        self._version = item["metadata"]["resourceVersion"]

    def _handle_failure(self, error: Exception) -> float:
        """Update the cache; return how long to wait."""
        status = status_of(error)
        self._failures += 1
        if status == HTTPStatus.GONE and self._verb == "watch":
            # Not an error: a new list contains everything that was missed.
            self._version = None
            return self._backoff(self._failures - 1)
        if self._failures >= MAX_FAILURES:
            self._version = None
        reason = _UNAVAILABLE.get(status or 0)
        self._report_problem(
            f"cannot {self._spec.describe_call(self._verb)}: {describe_error(error)}",
            reason,
        )
        if reason:
            return self._backoff(self._failures, refused=True)
        delay = retry_after(error)
        # Add random time, because all agents got the same delay.
        return max(self._backoff(self._failures), _jittered(delay, 1, 1.5))

    def _report_problem(self, problem: str, reason: Unavailable | None) -> None:
        """Update cache and log; a short interruption of a stream is not logged."""
        lasting = reason or self._failures >= MAX_FAILURES or not self.cache.answered(0)
        self.cache.mark_broken(problem, reason)
        new = not self._logged_problem or (reason and problem != self._logged_problem)
        if lasting and new:
            facts = {"watch": self.name, "problem": problem}
            if reason is Unavailable.ABSENT:
                logger.info("watched resource does not exist", extra=facts)
            else:
                logger.warning("watch failed", extra=facts)
            self._logged_problem = problem

    def _log_recovery(self) -> None:
        if self._logged_problem:
            logger.info("watch recovered", extra={"watch": self.name})
            self._logged_problem = ""

    def _backoff(self, failures: int, *, refused: bool = False) -> float:
        """Return the wait after so many failures in a row; none after none."""
        steps = REFUSED_SECONDS if refused else BACKOFF_SECONDS
        if failures == 0:
            return 0.0
        return _jittered(steps[min(failures, len(steps)) - 1], 0.5, 1)


def _key(item: Json) -> Key | None:
    """Return namespace and name of an object; None: it has no name."""
    meta = part(item, "metadata")
    name: str | None = meta.get("name")
    return (meta.get("namespace") or "", name) if name else None


def _jittered(seconds: float, least: float, most: float) -> float:
    return seconds * random.uniform(least, most)  # noqa: S311 - spreads agents
