"""On demand: what is listed only when a target needs it, and never watched.

In: a resource and a namespace. Out: its objects with the used fields, or why there are
none: Warning events, claims, volumes, quotas, other pods.
It does not: watch: events change all the time, and only a target whose pods are not
ready, or not reached, needs any of these. A list is requested at most once in
`FRESH_SECONDS`, whatever the outcome, with at most `MOST` objects.
Of events and pods the rest may be missing. Of other resources a part is none: that no
volume fits a claim is only true of all volumes.
Source: Kubernetes API, core/v1 (Event's field selector `type`), meta/v1 ListMeta.
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
from parallax_agent.watch.objects import many, part
from parallax_agent.watch.resources import RESOURCES, WatchSpec, describe_call, prune

FRESH_SECONDS = 60.0
MOST = 200
"""Objects of one list; the server sends no more."""
LIST_SECONDS = 2.0
"""The cycle waits for the list, so it must be short."""
LIST_BYTES = 2_000_000
QUERIES = {
    "events": {"fieldSelector": "type=Warning"},
    "pods": {"fieldSelector": "status.phase=Running"},
}
"""What the server filters."""
PARTIAL = frozenset({"events", "pods"})
"""Resources of which a part is useful."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The objects of a list; None: not read, and `problem` says why."""

    items: list[Json] | None
    problem: str = ""


class OnDemand:
    """The last list of each resource and namespace; used by one thread."""

    def __init__(self, apis: Apis, now: Callable[[], float] = time.monotonic) -> None:
        self._apis = apis
        self._now = now
        self._last: dict[WatchSpec, tuple[float, Listed]] = {}

    def of(self, resource: str, namespace: str | None) -> Listed:
        """Return a resource's objects, not older than `FRESH_SECONDS`."""
        wanted = WatchSpec(resource, namespace)
        at, last = self._last.get(wanted, (-FRESH_SECONDS, Listed(None)))
        if self._now() - at < FRESH_SECONDS:
            return last
        listed = self._list(wanted)
        self._last[wanted] = self._now(), listed
        return listed

    def _list(self, wanted: WatchSpec) -> Listed:
        resource = wanted.resource
        query = {**QUERIES.get(resource, {}), "limit": str(MOST)}
        call = f"cannot {describe_call('list', resource, wanted.namespace)}"
        try:
            with closing(self._apis.get(wanted.path, query, LIST_SECONDS)) as response:
                body = json.loads(body_of(response, LIST_BYTES, LIST_SECONDS))
            if resource not in PARTIAL and part(body, "metadata").get("continue"):
                return Listed(None, f"{call}: more than {MOST}")
            return Listed(prune(many(body, "items"), RESOURCES[resource].shape))
        except (
            ApiException,
            HTTPError,
            OSError,
            TooLargeError,
            ValueError,
            AttributeError,
        ) as error:
            return Listed(None, f"{call}: {describe_error(error)}")
