"""Which load balancer serves a target: by name, by address, or why neither."""

from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv6Network

import pytest

from parallax.inspect.servers import Server
from parallax.inspect.serving import resolved_addresses, serving
from parallax.model.balancer import LoadBalancer
from parallax.model.probe import Probe, ProbeRun, Resolution, Role
from parallax.model.target import Reached, Target

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
ONE = LoadBalancer(
    id=1, name="one", ipv4="203.0.113.1", ipv6="2001:db8::1", private_ips=("10.0.0.5",)
)
TWO = LoadBalancer(id=2, name="two", ipv4="203.0.113.2")
BOTH = (ONE, TWO)
TARGET = Target(name="front", url="https://front.example/")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("203.0.113.1", "203.0.113.1 is its public IPv4"),
        ("2001:0db8:0::0001", "2001:db8::1 is its public IPv6"),
    ],
)
def test_an_address_matches_the_balancer(address: str, why: str) -> None:
    """One address of its own is enough, however it is spelled."""
    found = serving(TARGET, ("198.51.100.1", address), BOTH)
    assert (found.balancer, found.why) == (ONE, why)


def test_a_private_address_matches_only_if_it_is_allowed() -> None:
    """Many networks use the same private address."""
    assert serving(TARGET, ("10.0.0.5",), BOTH).balancer is None
    inner = replace(TARGET, allow_private_addresses=True)
    found = serving(inner, ("10.0.0.5",), BOTH)
    assert (found.balancer, found.why) == (ONE, "10.0.0.5 is its private address")


def test_a_closed_public_interface_serves_no_target() -> None:
    """An address that is not in use proves nothing."""
    closed = replace(ONE, public_interface=False)
    assert serving(TARGET, ("203.0.113.1",), (closed,)).balancer is None


@pytest.mark.parametrize("lb", [None, "one"])
def test_both_load_balancers_of_a_name_serve_it(lb: str | None) -> None:
    """DNS returns the addresses in any order; the first one is always the same."""
    target = replace(TARGET, reached=Reached(load_balancer=lb))
    for addresses in (("203.0.113.1", "203.0.113.2"), ("203.0.113.2", "203.0.113.1")):
        found = serving(target, addresses, BOTH)
        assert (found.balancer, found.others) == (ONE, (TWO,))


def test_a_named_balancer_without_the_names_address_is_still_the_main_one() -> None:
    """DNS may be what is wrong, so the configured name decides."""
    target = replace(TARGET, reached=Reached(load_balancer="two"))
    found = serving(target, ("203.0.113.1",), BOTH)
    assert (found.balancer, found.others) == (TWO, (ONE,))


def test_behind_a_cdn_no_other_balancer_is_looked_for() -> None:
    """The name's addresses are the CDN's."""
    target = replace(TARGET, reached=Reached(load_balancer="two", cdn=True))
    assert serving(target, ("203.0.113.1",), BOTH).others == ()


def test_one_address_of_two_balancers_is_not_guessed() -> None:
    """Private networks repeat addresses."""
    twin = replace(TWO, private_ips=("10.0.0.5",))
    inner = replace(TARGET, allow_private_addresses=True)
    found = serving(inner, ("10.0.0.5",), (ONE, twin))
    assert found.balancer is None
    assert "more than one load balancer has the same address" in found.why


@pytest.mark.parametrize(
    ("addresses", "why"),
    [
        ((), "no probe has resolved an address of front.example"),
        (("198.51.100.1", "odd"), "front.example (198.51.100.1, odd)"),
    ],
)
def test_no_balancer_is_guessed(addresses: tuple[str, ...], why: str) -> None:
    """The text names the missing address."""
    found = serving(TARGET, addresses, BOTH)
    assert found.balancer is None
    assert why in found.why


def test_a_name_that_resolves_to_a_server_reports_the_server() -> None:
    """Then there is no load balancer in front of it."""
    worker = Server(id=1, name="worker-1", ipv4="198.51.100.1")
    found = serving(TARGET, ("198.51.100.1",), BOTH, (worker,))
    assert found.balancer is None
    assert "198.51.100.1 belongs to server worker-1" in found.why


def test_any_address_of_a_server_s_network_is_the_server_s() -> None:
    """Hetzner routes a /64 to each server; a name may lead to any address of it."""
    worker = Server(id=1, name="worker-1", ipv6=IPv6Network("2001:db8:1::/64"))
    found = serving(TARGET, ("2001:db8:1::80",), BOTH, (worker,))
    assert "2001:db8:1::80 belongs to server worker-1" in found.why
    other = serving(TARGET, ("2001:db8:2::80",), BOTH, (worker,))
    assert "worker-1" not in other.why


def test_of_many_balancers_similar_names_are_listed() -> None:
    """A typo finds its neighbors among hundreds, and the text stays short."""
    many = [LoadBalancer(id=n, name=f"cluster-{n:03}") for n in range(300)]
    named = replace(TARGET, reached=Reached(load_balancer="lb-pord"))
    why = serving(named, (), [*many, LoadBalancer(id=300, name="lb-prod")]).why
    assert "the project has: lb-prod, " in why
    assert why.endswith(" and 291 others")
    assert len(why) < 300


def test_an_unknown_address_is_reported_with_possible_owners() -> None:
    """A CDN, a floating IP, another project, or a wrong answer of the DNS."""
    found = serving(TARGET, ("198.51.100.1",), BOTH)
    assert (
        "it may belong to a CDN (then set reached.cdn), a floating IP or" in found.why
    )


@pytest.mark.parametrize("name", [None, "lb"])
def test_a_project_without_balancers_may_be_the_wrong_one(name: str | None) -> None:
    """A token of another project opens a list with nothing on it."""
    target = replace(TARGET, reached=Reached(load_balancer=name))
    why = serving(target, ("203.0.113.1",), ()).why
    assert "check that the token is the project's" in why


def test_a_missing_name_is_reported_with_its_address() -> None:
    """Nobody has the address either: the name leads elsewhere, or it was deleted."""
    named = replace(TARGET, reached=Reached(load_balancer="x"))
    why = serving(named, ("198.51.100.1",), BOTH).why
    assert "no load balancer is named 'x'; the project has: one, two" in why
    assert "has an address of front.example (198.51.100.1)" in why


def test_a_renamed_balancer_comes_before_the_project_s_names() -> None:
    """A line of the path holds the beginning only."""
    named = replace(TARGET, reached=Reached(load_balancer="x"))
    assert serving(named, ("203.0.113.1",), BOTH).why == (
        "no load balancer is named 'x'; it may be renamed: 'one' serves the target"
        " (203.0.113.1 is its public IPv4); the project has: one, two"
    )


def test_a_name_is_believed_before_an_address() -> None:
    """DNS may be what is wrong; it does not change which balancer is meant."""
    named = replace(TARGET, reached=Reached(load_balancer="two"))
    found = serving(named, ("203.0.113.1",), BOTH)
    assert (found.balancer, found.why) == (TWO, "by name")


def test_a_missing_name_behind_a_cdn_has_no_likely_match() -> None:
    """The CDN's addresses are not compared."""
    named = replace(TARGET, reached=Reached(load_balancer="x", cdn=True))
    found = serving(named, ("203.0.113.1",), BOTH)
    assert found.balancer is None
    assert "the project has: one, two" in found.why
    assert "renamed" not in found.why


def test_the_zone_s_own_answer_comes_before_the_resolvers() -> None:
    """A stale cache does not decide while the zone's servers respond."""
    probe = Probe(
        role=Role.FIRST,
        request_id="1",
        url=TARGET.url,
        started_at=NOW,
        healthy=True,
        duration=0.1,
        peer_address="192.0.2.9",
    )
    run = ProbeRun(target="front", started_at=NOW, probes=(probe,))
    cached = Resolution(resolver="192.0.2.53", addresses=("192.0.2.1",))
    zone = Resolution(resolver="ns", authoritative=True, addresses=("192.0.2.2",))
    assert resolved_addresses(run) == ("192.0.2.9",)
    assert resolved_addresses(replace(run, resolutions=(cached,))) == ("192.0.2.1",)
    assert resolved_addresses(replace(run, resolutions=(cached, zone))) == (
        "192.0.2.2",
    )
