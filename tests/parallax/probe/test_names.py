"""Which of a name's addresses are probed, and which are reported as skipped."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.model.probe import Resolution, Role
from parallax.model.target import Target
from parallax.probe.names import all_addresses, pinned
from parallax.probe.plan import Plan

LAB = Target(name="front", url="https://localhost:8443/x", allow_private_addresses=True)
PLAN = Plan(addresses=3)
LOCAL = "127.0.0.1"


def resolutions(*answers: tuple[str, ...]) -> tuple[Resolution, ...]:
    """Return what several resolvers answered."""
    return tuple(
        Resolution(resolver=f"r{number}", addresses=addresses)
        for number, addresses in enumerate(answers)
    )


def test_each_address_is_probed_once_with_the_target_s_name() -> None:
    """SNI and Host stay the URL's: only where to connect is pinned."""
    requests, skipped = pinned(LAB, resolutions((LOCAL,), (LOCAL, "127.0.0.2")), PLAN)
    assert [(q.role, q.address) for q in requests] == [
        (Role.ADDRESS, LOCAL),
        (Role.ADDRESS, "127.0.0.2"),
    ]
    assert {(q.url, q.host, q.verify) for q in requests} == {(LAB.url, None, True)}
    assert skipped == []


def test_an_address_without_a_route_is_reported() -> None:
    """It does not count against the maximum of probed addresses."""
    resolved = resolutions(("fe80::1", LOCAL, "127.0.0.2", "127.0.0.3"))
    requests, skipped = pinned(LAB, resolved, PLAN)
    assert len(requests) == 3
    assert skipped == ["address fe80::1: no IPv6 route from this machine"]


def test_a_private_address_is_skipped_unless_the_target_allows_it() -> None:
    """A name must not lead a probe home."""
    strict = replace(LAB, allow_private_addresses=False)
    requests, skipped = pinned(strict, resolutions((LOCAL, "10.0.0.110")), PLAN)
    assert requests == []
    assert skipped == [
        "address 127.0.0.1: not a public address",
        "address 10.0.0.110: not a public address",
    ]


def test_addresses_beyond_the_bound_are_reported() -> None:
    """How many there were, and which are not probed."""
    resolved = resolutions(tuple(f"127.0.0.{last}" for last in range(1, 6)))
    requests, skipped = pinned(LAB, resolved, PLAN)
    assert len(requests) == 3
    assert skipped == ["addresses: probed 3 of 5, not 127.0.0.4, 127.0.0.5"]


def test_no_address_from_any_resolver_is_reported() -> None:
    """No resolver, or none that knew."""
    assert pinned(LAB, resolutions(()), PLAN) == (
        [],
        ["addresses: no resolver returned an address"],
    )


def test_one_long_answer_hides_neither_another_s_nor_a_family() -> None:
    """Every resolver's first address precedes any second one; families alternate."""
    long = tuple(f"203.0.113.{last}" for last in range(1, 9))
    resolved = all_addresses(resolutions((*long, "2001:db8::1"), ("198.51.100.7",)))
    assert resolved[:3] == ("203.0.113.1", "2001:db8::1", "198.51.100.7")


ADDRESSES = st.lists(st.ip_addresses().map(str), max_size=4).map(tuple)


@settings(deadline=None)
@given(st.lists(ADDRESSES, max_size=4))
def test_nothing_that_was_named_is_lost(answers: list[tuple[str, ...]]) -> None:
    """Each address is either probed or reported, once."""
    resolved = resolutions(*answers)
    everything = {address for answer in answers for address in answer}
    assert len(all_addresses(resolved)) == len(everything)
    requests, skipped = pinned(LAB, resolved, PLAN)
    asked = [str(request.address) for request in requests]
    assert len(asked) <= PLAN.addresses
    words = [word.removesuffix(",") for text in skipped for word in text.split()]
    named_words = {form for word in words for form in (word, word.removesuffix(":"))}
    assert everything <= named_words | set(asked)
