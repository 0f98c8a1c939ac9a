"""Groups: whether the API has a group at all, which every account may ask.

In: a group with its version, e.g. `traefik.io/v1alpha1`. Out: whether it is certainly
missing. It does not: list objects. A role without a rule for a kind gets 403 whether or
not the kind is installed; only discovery tells both apart.
Source: Kubernetes, RBAC, default role `system:discovery`.
"""

import time
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from parallax_agent.watch.connection import CALL_SECONDS, Apis, status_of

KEPT_SECONDS = 300.0
"""A kind is installed seldom; until then a permission on it is missing, too."""


class ApiGroups:
    """The API's groups, each asked at most once in `KEPT_SECONDS`."""

    def __init__(self, apis: Apis, now: Callable[[], float] = time.monotonic) -> None:
        self._apis, self._now = apis, now
        self._lacking: dict[str, tuple[float, bool]] = {}

    def lacks(self, group: str) -> bool:
        """Tell whether the API responds that it does not have the group."""
        asked, lacking = self._lacking.get(group, (-KEPT_SECONDS, False))
        if self._now() - asked >= KEPT_SECONDS:
            lacking = self._ask(group)
            self._lacking[group] = self._now(), lacking
        return lacking

    def _ask(self, group: str) -> bool:
        try:
            with closing(self._apis.get(f"/apis/{group}", {}, CALL_SECONDS)):
                return False
        except (ApiException, HTTPError, OSError) as error:
            return status_of(error) == HTTPStatus.NOT_FOUND
