"""Whether cloud firewalls let a balancer in, through the whole reading."""

from typing import Any

import pytest

from parallax.inspect import connect, read_balancers
from parallax.model.balancer import BalancerTarget
from tests.parallax.inspect.api import (
    BALANCER,
    FRONT,
    NOW,
    TOKEN,
    Api,
    error,
    firewall,
    rule,
    server,
)


def public(api: Api, *rules: dict[str, Any], state: str = "applied") -> BalancerTarget:
    """Read a target that is reached by its public address, behind one firewall."""
    target = BALANCER["targets"][0] | {"use_private_ip": False}
    api.balancers = [[BALANCER | {"targets": [target]}]]
    guarded = server(1)
    guarded["public_net"]["firewalls"] = [{"id": 5, "status": state}]
    api.servers, api.firewalls = [[guarded]], [[firewall(5, *rules)]]
    (reading,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW)
    assert reading.load_balancer is not None
    return next(reading.load_balancer.leaves())


OPEN = "203.0.113.20/32"


@pytest.mark.parametrize(
    ("rules", "shut"),
    [
        ((rule("31695", OPEN), rule("31000", OPEN)), ()),
        ((rule("30000-32767", "0.0.0.0/0", "::/0"),), ()),
        ((rule("any", "203.0.113.0/24"),), ()),
        ((rule("31695", OPEN),), (31000,)),
        ((rule("any", "203.0.113.21/32"),), (31000, 31695)),
        ((rule("any", "::/0"),), (31000, 31695)),
        ((rule("any", OPEN, protocol="udp"),), (31000, 31695)),
        ((), (31000, 31695)),
    ],
)
def test_the_rules_decide_for_every_port(
    api: Api, rules: tuple[dict[str, Any], ...], shut: tuple[int, ...]
) -> None:
    """What no rule lets in is dropped: the destination and the health check's."""
    target = public(api, *rules)
    assert target.firewalls == ("firewall-5",)
    assert (target.firewall_allows, target.firewall_drops) == (not shut, shut)


def test_a_firewall_that_is_not_in_force_yet_is_not_judged(api: Api) -> None:
    """Pending means that the old rules may still hold."""
    assert public(api, state="pending").firewall_allows is None


def test_firewalls_that_may_not_be_read_are_not_known(api: Api) -> None:
    """The token's refusal costs this one thing."""
    api.broken["firewalls/1"] = error(403, "forbidden")()
    target = public(api)
    assert (target.firewalls, target.firewall_allows) == (None, None)


def test_a_rule_of_an_unknown_shape_is_not_judged(api: Api) -> None:
    """An unknown word for a port blocks nothing."""
    assert public(api, rule("tomorrow", OPEN)).firewall_allows is None


@pytest.mark.parametrize(
    "odd",
    [
        rule("any", OPEN, protocol="quic"),
        rule("any", OPEN) | {"direction": "sideways"},
        rule("any", "the moon"),
        {"direction": "in", "protocol": "tcp", "port": "any"},
        "text",
    ],
)
def test_a_rule_of_tomorrow_may_let_in_what_no_other_does(api: Api, odd: Any) -> None:
    """Nothing counts as dropped if a rule is not understood."""
    target = public(api, odd)
    assert (target.firewall_allows, target.firewall_drops) == (None, ())


def test_a_rule_without_a_port_concerns_no_tcp(api: Api) -> None:
    """Ping has no port, and opens none."""
    ping = rule("any", OPEN, protocol="icmp") | {"port": None}
    assert public(api, ping).firewall_drops == (31000, 31695)


def test_another_s_malformed_firewall_costs_nothing(api: Api) -> None:
    """What is not before a target need not be understood."""
    target = BALANCER["targets"][0] | {"use_private_ip": False}
    api.balancers = [[BALANCER | {"targets": [target]}]]
    guarded = server(1)
    guarded["public_net"]["firewalls"] = [{"id": 5, "status": "applied"}]
    api.servers = [[guarded]]
    api.firewalls = [["text", {"id": 6, "rules": 7}, firewall(5, rule("any", OPEN))]]
    (reading,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW)
    assert reading.load_balancer is not None
    assert next(reading.load_balancer.leaves()).firewall_allows is True


def test_private_targets_are_not_filtered_and_need_no_list(api: Api) -> None:
    """Cloud firewalls do not see private networks."""
    guarded = server(1)
    guarded["public_net"]["firewalls"] = [{"id": 5, "status": "applied"}]
    api.servers = [[guarded]]
    (reading,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW)
    assert reading.load_balancer is not None
    assert {t.firewall_allows for t in reading.load_balancer.leaves()} == {None}
    assert not any("firewalls" in path for path in api.paths)


def test_a_server_without_a_firewall_is_open(api: Api) -> None:
    """It is known without a call."""
    target = BALANCER["targets"][0] | {"use_private_ip": False}
    api.balancers = [[BALANCER | {"targets": [target]}]]
    (reading,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW)
    assert reading.load_balancer is not None
    one = next(reading.load_balancer.leaves())
    assert (one.firewalls, one.firewall_allows) == ((), True)
    assert not any("firewalls" in path for path in api.paths)
