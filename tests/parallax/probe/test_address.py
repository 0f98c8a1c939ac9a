"""Where a probe may go."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.probe.address import allowed, is_address

NAT64 = ip_network("64:ff9b::/96")
REFUSED = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "224.0.0.0/4",
    "240.0.0.0/4",
)


@st.composite
def refused(draw: st.DrawFn) -> IPv4Address:
    """Draw an IPv4 address that the internet cannot reach."""
    network = ip_network(draw(st.sampled_from(REFUSED)))
    offset = draw(st.integers(0, network.num_addresses - 1))
    return IPv4Address(int(network.network_address) + offset)


@given(refused())
def test_no_form_of_a_private_address_passes(address: IPv4Address) -> None:
    """Plain, mapped, translated, compatible, 6to4, Teredo and NAT64 are refused."""
    number = int(address)
    high, low = number >> 16, number & 0xFFFF
    assert not allowed(f"{address}")
    assert not allowed(f"::ffff:{address}")
    assert not allowed(f"::{address}")
    assert not allowed(f"64:ff9b::{address}")
    assert not allowed(f"::ffff:0:{address}")
    assert not allowed(f"64:ff9b:1::{address}")
    assert not allowed(f"2002:{high:x}:{low:x}::1")
    assert not allowed(f"2001:0:{high:x}:{low:x}::1")
    assert not allowed(f"2001::{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}")


@given(st.integers(0, 2**128 - 1))
def test_no_ipv6_address_outside_global_unicast_passes(number: int) -> None:
    """But mapped IPv4 and NAT64, which are judged by the IPv4 they hold."""
    address = IPv6Address(number)
    carrying = address in ip_network("::ffff:0:0/96") or address in NAT64
    assert not allowed(f"{address}") or carrying or address in ip_network("2000::/3")


@given(st.integers(0, 2**32 - 1))
def test_a_carried_address_is_judged_like_itself(number: int) -> None:
    """Mapped, NAT64 and 6to4 forms pass exactly where their IPv4 passes."""
    address = IPv4Address(number)
    high, low = number >> 16, number & 0xFFFF
    forms = f"::ffff:{address}", f"64:ff9b::{address}", f"2002:{high:x}:{low:x}::1"
    assert {allowed(form) for form in forms} == {allowed(f"{address}")}


@given(st.text(max_size=40))
def test_what_is_no_address_is_not_allowed(text: str) -> None:
    """Names and nonsense are refused unless they are addresses."""
    assert is_address(text) or not allowed(text)


@pytest.mark.parametrize(
    "address",
    [
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "fec0::1",
        "100::1",
        "5f00::1",
        "2001::1",
        "ff02::1",
        "168.63.129.16",
    ],
)
def test_special_addresses_are_refused(address: str) -> None:
    """Loopback, link-local, metadata and multicast, over IPv6 too."""
    assert not allowed(address)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "203.0.113.20", "2a01:4f8::1", "64:ff9b::1.1.1.1", "2001:db8::1"],
)
def test_addresses_of_the_internet_are_allowed(address: str) -> None:
    """Public addresses pass, and the documentation networks that labs use."""
    assert allowed(address)
