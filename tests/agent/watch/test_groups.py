"""Groups: whether the API has a kind at all."""

from typing import Any, cast

from kubernetes.client.exceptions import ApiException

from parallax_agent.watch.connection import Apis
from parallax_agent.watch.groups import KEPT_SECONDS, ApiGroups


class FakeApis:
    """Responds with a status, and counts the calls."""

    def __init__(self, status: int) -> None:
        self.status, self.asked = status, list[str]()

    def get(self, path: str, *_: Any) -> Any:
        """Raise the status."""
        self.asked.append(path)
        raise ApiException(status=self.status)


def test_a_group_that_does_not_exist_is_lacking() -> None:
    """It is requested again only after a while."""
    now, fake = [0.0], FakeApis(404)
    groups = ApiGroups(cast("Apis", fake), lambda: now[0])
    assert groups.lacks("traefik.io/v1alpha1")
    assert groups.lacks("traefik.io/v1alpha1")
    assert fake.asked == ["/apis/traefik.io/v1alpha1"]
    now[0] = KEPT_SECONDS
    fake.status = 503
    assert not groups.lacks("traefik.io/v1alpha1")
    assert len(fake.asked) == 2
