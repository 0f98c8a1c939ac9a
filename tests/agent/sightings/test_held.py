"""Sightings wait for the report that needs them."""

from datetime import UTC, datetime

from parallax.model.cluster import Sighting
from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings.held import HOLD_SECONDS, HeldSightings
from parallax_agent.sightings.log_evidence import (
    DROPPED_LINES,
    MAX_SIGHTINGS,
    LogBatch,
)

NOW = datetime(2026, 11, 30, tzinfo=UTC)
POD, OTHER = (IngressPod(namespace="ingress", name=name) for name in ("a", "b"))


def seen(*numbers: int) -> tuple[Sighting, ...]:
    """Return sightings with these numbers as ids."""
    return tuple(
        Sighting(request_id=f"{number:032x}", seen_at=NOW, node="one")
        for number in numbers
    )


def numbers(sightings: tuple[Sighting, ...]) -> list[int]:
    """Return the numbers that the request ids stand for."""
    return [int(sighting.request_id) for sighting in sightings]


def test_lines_of_the_last_minute_are_in_the_first_report() -> None:
    """The failing request was logged before ingest could request a report."""
    now = [0.0]
    held = HeldSightings(lambda: now[0])
    for number in range(8):
        now[0] = number * 15.0
        held.add({POD: LogBatch(seen(number), read_at=NOW)})
    assert held.logs("shop") == {POD: LogBatch(read_at=NOW)}
    shared, own = held.take(["shop"])
    assert (numbers(shared), own) == ([2, 3, 4, 5, 6, 7], {"shop": ()})
    assert held.take(["shop"]) == ((), {"shop": ()})


def test_each_target_gets_every_sighting_once() -> None:
    """A target whose alert begins later gets what others had before."""
    held = HeldSightings(lambda: 0.0)
    held.add({POD: LogBatch(seen(1))})
    held.take(["shop"])
    held.add({POD: LogBatch(seen(2))})
    shared, own = held.take(["shop", "api"])
    assert numbers(shared) == [2]
    assert {name: numbers(few) for name, few in own.items()} == {"shop": [], "api": [1]}
    held.add({POD: LogBatch(seen(3))})
    assert numbers(held.take(["api"])[0]) == [3]
    assert numbers(held.take(["shop"])[0]) == [3]


def test_a_pod_that_left_keeps_its_lines() -> None:
    """Its last lines may be those of the failure."""
    held = HeldSightings(lambda: 0.0)
    held.add({POD: LogBatch(seen(1))})
    held.add({OTHER: LogBatch(seen(2), read_at=NOW)})
    assert held.logs("shop") == {OTHER: LogBatch(read_at=NOW)}
    assert numbers(held.take(["shop"])[0]) == [1, 2]


def test_a_lost_line_proves_nothing_to_a_target_that_lacks_it() -> None:
    """Whether the follower lost it, or there are too many to hold."""
    now = [0.0]
    held = HeldSightings(lambda: now[0])
    lost, well = LogBatch(problem=DROPPED_LINES), LogBatch(read_at=NOW)
    held.add({POD: lost})
    held.take(["shop"])
    now[0] = 15.0
    held.add({POD: well})
    assert (held.logs("shop"), held.logs("api")) == ({POD: well}, {POD: lost})
    held.take(["shop", "api"])
    held.add({POD: LogBatch(seen(*range(MAX_SIGHTINGS)), read_at=NOW)})
    assert held.logs("shop") == {POD: well}
    held.add({POD: LogBatch(seen(MAX_SIGHTINGS), read_at=NOW)})
    assert held.logs("shop") == {POD: lost}
    assert len(held.take(["shop"])[0]) == MAX_SIGHTINGS


def test_a_loss_is_forgotten_with_the_lines_of_its_time() -> None:
    """Later evidence is complete again."""
    now = [0.0]
    held = HeldSightings(lambda: now[0])
    held.add({POD: LogBatch(problem=DROPPED_LINES)})
    now[0] = HOLD_SECONDS + 1
    held.add({POD: LogBatch(read_at=NOW)})
    assert held.logs("shop") == {POD: LogBatch(read_at=NOW)}
