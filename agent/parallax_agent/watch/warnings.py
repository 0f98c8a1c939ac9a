"""Warnings: the Warning events of a namespace, listed only when they are needed.

In: a namespace. Out: event objects with the used fields, or why there are none.
It does not: watch: events change all the time, and only a target without a ready pod
needs them. One namespace is listed at most once in `FRESH_SECONDS`, whatever the
outcome, at most `MOST` of its events, filtered by the server.
Source: Kubernetes API, core/v1 Event (field selector `type`).
"""

import json
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from parallax.http_limits import TooLargeError
from parallax.model.wire import Json
from parallax_agent.watch.connection import Apis, body_of, describe_error
from parallax_agent.watch.objects import many
from parallax_agent.watch.resources import RESOURCES, describe_call, prune

FRESH_SECONDS = 60.0
MOST = 200
"""Events of one list; the server sends no more."""
LIST_SECONDS = 2.0
"""The cycle waits for the list, so it must be short."""
LIST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Listed:
    """The events of a namespace; None: not read, and `problem` says why."""

    items: list[Json] | None
    problem: str = ""


class Warnings:
    """The last list of each namespace; used by one thread."""

    def __init__(self, apis: Apis, now: Callable[[], float] = time.monotonic) -> None:
        self._apis = apis
        self._now = now
        self._last: dict[str, tuple[float, Listed]] = {}

    def of(self, namespace: str) -> Listed:
        """Return a namespace's Warning events, not older than `FRESH_SECONDS`."""
        at, last = self._last.get(namespace, (-FRESH_SECONDS, Listed(None)))
        if self._now() - at < FRESH_SECONDS:
            return last
        listed = self._list(namespace)
        self._last[namespace] = self._now(), listed
        return listed

    def _list(self, namespace: str) -> Listed:
        query = {"fieldSelector": "type=Warning", "limit": str(MOST)}
        path = f"/{RESOURCES['events'].group}/namespaces/{namespace}/events"
        try:
            with closing(self._apis.get(path, query, LIST_SECONDS)) as response:
                body = json.loads(body_of(response, LIST_BYTES, LIST_SECONDS))
            return Listed(prune(many(body, "items"), RESOURCES["events"].shape))
        except (
            ApiException,
            HTTPError,
            OSError,
            TooLargeError,
            ValueError,
            AttributeError,
        ) as error:
            call = describe_call("list", "events", namespace)
            return Listed(None, f"cannot {call}: {describe_error(error)}")
