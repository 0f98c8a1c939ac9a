"""The servers behind a load balancer: a malformed one costs only its own name."""

from typing import Any

import pytest

from parallax.inspect import connect, read_balancers
from parallax.model.balancer import BalancerTarget
from tests.parallax.inspect.api import BALANCER, FRONT, NOW, TOKEN, Api, server


def targets(api: Api) -> list[BalancerTarget]:
    """Read the balancer's real targets."""
    (seen,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW)
    assert seen.load_balancer is not None
    return list(seen.load_balancer.leaves())


@pytest.mark.parametrize(
    "odd",
    [
        {"id": 1, "name": "worker-1", "public_net": "text"},
        {"id": 1, "name": "worker-1", "public_net": {"ipv6": {"ip": "text"}}},
        {"id": 1, "name": "worker-1", "private_net": [4711]},
        {"id": 1, "name": "worker-1", "public_net": {"firewalls": [5]}},
        {"id": 1},
        "text",
    ],
)
def test_a_malformed_server_costs_only_its_own_name(api: Api, odd: Any) -> None:
    """The other server on the page has its name; the balancer is read."""
    api.servers = [[odd, server(2)]]
    assert [t.label for t in targets(api)] == ["1", "worker-2", "198.51.100.9"]


def test_a_server_may_have_no_ipv4(api: Api) -> None:
    """Its address is not known then, and its name is."""
    bare = server(1)
    bare["public_net"] = {"ipv4": None, "ipv6": {"ip": "2001:db8:1::/64"}}
    api.balancers = [[BALANCER | {"targets": [_public(1)]}]]
    api.servers = [[bare]]
    (target,) = targets(api)
    assert (target.server_name, target.ip) == ("worker-1", None)


def test_firewalls_that_the_api_does_not_speak_of_are_not_known(api: Api) -> None:
    """Without the field the firewalls are unknown, not absent."""
    mute = server(1)
    del mute["public_net"]["firewalls"]
    api.balancers = [[BALANCER | {"targets": [_public(1)]}]]
    api.servers = [[mute]]
    (target,) = targets(api)
    assert (target.firewalls, target.firewall_allows) == (None, None)


def test_an_address_of_another_project_stays_an_address(api: Api) -> None:
    """A target by address is named by it, whichever server has it."""
    target = targets(api)[-1]
    assert (target.type, target.server_name, target.networks) == ("ip", None, None)
    assert target.label == "198.51.100.9"


def _public(number: int) -> dict[str, Any]:
    return {"type": "server", "server": {"id": number}, "use_private_ip": False}
