"""Sightings wait for the report that needs them."""

from dataclasses import replace
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


def test_lines_of_the_last_minute_are_in_the_first_report() -> None:
    """The failing request was logged before ingest could ask for a report."""
    now = [0.0]
    held = HeldSightings(lambda: now[0])
    for number in range(8):
        now[0] = number * 15.0
        held.add({POD: LogBatch(seen(number), read_at=NOW)})
    found = held.take()
    assert found == {POD: LogBatch(seen(2, 3, 4, 5, 6, 7), read_at=NOW)}
    assert held.take() == {POD: LogBatch((), read_at=NOW)}


def test_a_pod_that_left_keeps_its_lines() -> None:
    """Its last lines may be those of the failure."""
    held = HeldSightings(lambda: 0.0)
    held.add({POD: LogBatch(seen(1))})
    held.add({OTHER: LogBatch(seen(2), read_at=NOW)})
    assert held.take() == {
        POD: LogBatch(seen(1)),
        OTHER: LogBatch(seen(2), read_at=NOW),
    }


def test_a_lost_line_proves_nothing_while_others_are_held() -> None:
    """Whether the follower lost it, or there are too many to hold."""
    now = [0.0]
    held = HeldSightings(lambda: now[0])
    lost = LogBatch(problem=DROPPED_LINES)
    held.add({POD: lost})
    well = LogBatch(read_at=NOW)
    now[0] = 15.0
    held.add({POD: well})
    assert held.take() == {POD: lost}
    held.add({POD: well})
    assert held.take() == {POD: well}
    held.add({POD: LogBatch(seen(*range(MAX_SIGHTINGS)), read_at=NOW)})
    held.add({POD: LogBatch(seen(MAX_SIGHTINGS), read_at=NOW)})
    found = held.take()[POD]
    assert len(found.sightings) == MAX_SIGHTINGS
    assert replace(found, sightings=()) == lost


def test_a_loss_is_forgotten_with_the_lines_of_its_time() -> None:
    """Later evidence is complete again."""
    now = [0.0]
    held = HeldSightings(lambda: now[0])
    held.add({POD: LogBatch(problem=DROPPED_LINES)})
    now[0] = HOLD_SECONDS + 1
    held.add({POD: LogBatch(read_at=NOW)})
    assert held.take() == {POD: LogBatch(read_at=NOW)}
