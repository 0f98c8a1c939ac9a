"""Turns: one node per second, spread over the minute, whatever the clock does."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax_agent.pace.turns import (
    SLOTS,
    UNKNOWN,
    Place,
    newest_turn,
    period,
    place_of,
)

MINUTE = 29_400_000 * 60


def turns_of(place: Place, length: int, begin: int, seconds: int) -> list[int]:
    """Return the seconds at which a new turn of a node begins."""
    numbers = [
        newest_turn(second, "shop", place, length)
        for second in range(begin - 1, begin + seconds)
    ]
    return [i for i in range(seconds) if numbers[i + 1] != numbers[i]]


@settings(deadline=None)
@given(
    count=st.integers(1, 500),
    length=st.integers(1, 26),
    begin=st.integers(0, 4_000_000_000),
)
def test_all_nodes_together_send_at_most_one_request_a_second(
    count: int, length: int, begin: int
) -> None:
    """No second belongs to two nodes, so a minute has at most sixty requests."""
    seconds = [
        second
        for index in range(count)
        for second in turns_of(Place(index, count), length, begin, SLOTS)
    ]
    assert len(seconds) == len(set(seconds)) <= SLOTS


@given(count=st.integers(1, 60), length=st.integers(1, 26))
def test_a_node_sends_its_whole_plan_in_the_stated_time(
    count: int, length: int
) -> None:
    """One walk takes nodes times requests seconds, at least most of a minute."""
    place = Place(count // 2, count)
    walk = period(place, length) * length
    assert walk == max(count * length, walk)
    assert walk <= max(count * length, SLOTS)
    assert len(turns_of(place, length, MINUTE, walk)) == length


def test_a_short_plan_is_spread_over_the_minute() -> None:
    """A single node with six hops sends one request each ten seconds."""
    seconds = turns_of(Place(0, 1), 6, MINUTE, SLOTS)
    assert len(seconds) == 6
    assert {b - a for a, b in itertools.pairwise(seconds)} == {10}


def test_targets_have_different_seconds() -> None:
    """A node with many targets does not send all requests at once."""
    place = Place(0, 20)
    moments = {
        second
        for target in map("shop-{}".format, range(50))
        for second in range(MINUTE, MINUTE + 20)
        if newest_turn(second, target, place, 20)
        != newest_turn(second - 1, target, place, 20)
    }
    assert len(moments) > 10


def test_a_node_that_no_list_names_still_has_a_place() -> None:
    """Without a list, a node sends one request a minute."""
    assert place_of("b", ["c", "b", "a"]) == Place(1, 3)
    unknown = place_of("b", None)
    assert (unknown.count, unknown.index < UNKNOWN) == (UNKNOWN, True)
    assert place_of("x", map(str, range(200))).count == 200


def test_agents_with_different_lists_send_little_more() -> None:
    """Half of the nodes miss one node: together they stay near sixty a minute."""
    names = [f"node-{number:02}" for number in range(20)]
    requests = 0
    for number, name in enumerate(names):
        seen = names if number % 2 else names[:-1]
        place = place_of(name, seen)
        requests += len(turns_of(place, 26, MINUTE, SLOTS))
    assert requests <= SLOTS * 20 / 19 + 1
