"""Specification of the addresses that a name led to: `parallax.inspect.led_to`."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from parallax.inspect.led_to import KEPT, LedTo
from tests.parallax.inspect.api import NOW

MINUTE = timedelta(minutes=1)


def test_addresses_that_come_in_turns_are_all_known() -> None:
    """Each healthy run shows one of them."""
    seen = LedTo()
    seen.with_earlier("shop", ["203.0.113.1"], NOW)
    found = seen.with_earlier("shop", ["203.0.113.2"], NOW + MINUTE)
    assert set(found) == {"203.0.113.1", "203.0.113.2"}


def test_another_target_has_addresses_of_its_own() -> None:
    """Targets are not mixed."""
    seen = LedTo()
    seen.with_earlier("shop", ["203.0.113.1"], NOW)
    assert seen.with_earlier("blog", ["203.0.113.2"], NOW) == ("203.0.113.2",)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 20)), max_size=30))
def test_an_address_counts_until_it_was_not_seen_for_half_an_hour(
    steps: list[tuple[str, int]],
) -> None:
    """Whatever the order, exactly the addresses of the last half hour are known."""
    seen, now, last = LedTo(), NOW, dict[str, object]()
    for address, minutes in steps:
        now += minutes * MINUTE
        last[address] = now
        found = seen.with_earlier("shop", [address], now)
        assert set(found) == {a for a, at in last.items() if now - at < KEPT}  # type: ignore[operator]
