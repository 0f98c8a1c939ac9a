"""Reflector: keeps one cache as the API server's objects are, by list and watch.

In: a resource of one namespace, or of all. Out: its `Cache`, kept up to date.
It does not: ask again and again: a list in pages, then one stream of changes.

The list is cut page by page and each object on arrival, so that memory holds one
page and what is kept. A stream that ends is opened again from the last version
known (bookmarks keep it young); where the server has forgotten that version
(410, as a status or as an event), where it keeps failing, or where a line is not
to be understood, the list is read anew. Waits grow and are spread, so that
a server that comes back is not met by every agent at once. A refused or unknown
resource is tried again once a minute: rights are granted without a restart.
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

from parallax.model.wire import Json
from parallax_agent.watch.cache import Cache, Key, Unavailable
from parallax_agent.watch.calls import Calls
from parallax_agent.watch.connection import (
    CALL_SECONDS,
    Apis,
    describe_error,
    retry_after,
    status_of,
)
from parallax_agent.watch.objects import many, part
from parallax_agent.watch.resources import RESOURCES, WatchSpec, prune
from parallax_agent.watch.stream import lines

PAGE = 100
"""Objects a page: some 1 MB of pods on the wire."""
_ONE_PAGE = threading.Lock()
"""Decoded pages are ten times larger: all reflectors together hold one."""
WATCH_SECONDS = 60.0
"""A watch is asked to end after this, or up to twice that. A server checks rights when
a watch begins, never while it runs (seen: 1.36): so late a lost right is noticed."""
SILENT_SECONDS = 90.0
"""A server sends a bookmark each minute; a stream without one is opened again."""
CHUNK_BYTES = 65536
BACKOFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
REFUSED_SECONDS = (2.0, 5.0, 10.0, 30.0, 60.0)
"""Soon at first: an API server that just started forbids what it will allow when it has
read its roles (seen: kube-apiserver 1.20.2, some seconds)."""
SHORT_SECONDS = 1.0
"""A stream that ends sooner without a word is not opened again at once."""
MAX_FAILURES = 3
"""Failures in a row after which the list is read anew, and the log says so."""
_LACKS: dict[int, Unavailable] = {
    HTTPStatus.FORBIDDEN: Unavailable.FORBIDDEN,
    HTTPStatus.NOT_FOUND: Unavailable.ABSENT,
}

logger = logging.getLogger(__name__)


class Reflector(threading.Thread):
    """Lists and watches until told to stop."""

    def __init__(
        self,
        apis: Apis,
        wanted: WatchSpec,
        seconds: Callable[[], float] = lambda: WATCH_SECONDS,
    ) -> None:
        """`seconds`: how long the next watch lasts, asked as each begins."""
        super().__init__(name=wanted.describe_call("watch"), daemon=True)
        self.cache = Cache()
        self._seconds = seconds
        self._wanted = wanted
        self._calls = Calls(apis, wanted.path, wanted.query)
        self._kept = RESOURCES[wanted.resource].kept
        self._version: str | None = None
        self._verb = "list"
        self._failures = 0
        self._logged_problem = ""

    @override
    def run(self) -> None:
        """Reflect; whatever goes wrong is a problem of the cache and tried again."""
        while not self._calls.ended:
            try:
                self._reflect()
                wait = self._backoff(self._failures)
            except (ApiException, HTTPError, OSError) as error:
                wait = self._failed(error)
            except Exception as error:
                # The last wall: an odd object may not end the watch. A change
                # may have been lost, and only a list brings it back.
                logger.exception(
                    "watch failed unexpectedly", extra={"watch": self.name}
                )
                self._version = None
                wait = self._failed(error)
            self._calls.pause(wait)

    def stop(self) -> None:
        """End at once, also in the middle of a silent stream."""
        self._calls.end()

    def _reflect(self) -> None:
        if self._version is None:
            self._verb = "list"
            self._version = self._list()
        if self._version is None:
            return  # told to stop
        self._verb = "watch"
        began, heard = time.monotonic(), 0
        try:
            for line in self._lines(self._version):
                self._take(json.loads(line))
                heard += 1
        except ReadTimeoutError:
            pass  # silent, not broken: opened again from the version known
        finally:
            if heard or time.monotonic() - began >= SHORT_SECONDS:
                self._failures = 0
        if not heard and time.monotonic() - began < SHORT_SECONDS:
            self._failures += 1

    def _list(self) -> str | None:
        """Read every page into the cache; return the version that they are of."""
        found: dict[Key, Json] = {}
        query = {"limit": str(PAGE)}
        while not self._calls.ended:
            with self._calls.open(query, CALL_SECONDS) as response:
                data = response.data
            with _ONE_PAGE:
                body = json.loads(data)
                found |= self._prune(many(body, "items"))
                meta = part(body, "metadata")
                del data, body
            if not meta.get("continue"):
                self.cache.replace(found)
                return str(meta.get("resourceVersion") or "")
            query["continue"] = meta["continue"]
        return None

    def _prune(self, items: Iterable[Json]) -> dict[Key, Json]:
        """Cut objects to what is kept of them; what has no name is none."""
        named = ((_key(item), item) for item in items)
        return {key: prune(item, self._kept) for key, item in named if key}

    def _lines(self, version: str) -> Iterator[bytes]:
        """Open a stream of changes since a version and yield its lines."""
        query = {
            "watch": "true",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(int(_spread(self._seconds(), 1, 2))),
        }
        with self._calls.open(query, SILENT_SECONDS) as response:
            self.cache.mark_live()
            self._log_recovery()
            for line in lines(response.stream(CHUNK_BYTES)):
                if self._calls.ended:
                    return
                if line.strip():
                    yield line

    def _take(self, event: Json) -> None:
        """Take one event of the stream."""
        kind, item = event["type"], event["object"]
        if kind == "ERROR":
            raise ApiException(status=item.get("code"), reason=item.get("reason"))
        key = _key(item)
        if kind == "DELETED" and key:
            self.cache.drop(key)
        elif kind in {"ADDED", "MODIFIED"} and key:
            self.cache.put(key, prune(item, self._kept))
        self._version = item["metadata"]["resourceVersion"]

    def _failed(self, error: Exception) -> float:
        """Tell the cache; return how long to wait."""
        status = status_of(error)
        self._failures += 1
        if status == HTTPStatus.GONE and self._verb == "watch":
            # Not broken: the list tells all that was missed.
            self._version = None
            return self._backoff(self._failures - 1)
        if self._failures >= MAX_FAILURES:
            self._version = None
        lack = _LACKS.get(status or 0)
        self._report_problem(
            f"cannot {self._wanted.describe_call(self._verb)}: {describe_error(error)}",
            lack,
        )
        if lack:
            return self._backoff(self._failures, refused=True)
        asked = retry_after(error)
        # Later than asked, never sooner: all agents were told the same second.
        return max(self._backoff(self._failures), _spread(asked, 1, 1.5))

    def _report_problem(self, problem: str, lack: Unavailable | None) -> None:
        """Tell cache and log; an interruption of a stream is no news."""
        lasting = lack or self._failures >= MAX_FAILURES or not self.cache.answered(0)
        self.cache.mark_broken(problem, lack)
        new = not self._logged_problem or (lack and problem != self._logged_problem)
        if lasting and new:
            # Not every cluster has every extension; a refusal is a mistake.
            facts = {"watch": self.name, "problem": problem}
            if lack is Unavailable.ABSENT:
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
        return _spread(steps[min(failures, len(steps)) - 1], 0.5, 1)


def _key(item: Json) -> Key | None:
    """Return where an object lies; None: it is none."""
    meta = part(item, "metadata")
    name: str | None = meta.get("name")
    return (meta.get("namespace") or "", name) if name else None


def _spread(seconds: float, least: float, most: float) -> float:
    return seconds * random.uniform(least, most)  # noqa: S311 - spreads agents
