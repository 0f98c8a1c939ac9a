"""Alert: the targets that need full reports, and how often."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from parallax.ingest.alert import (
    LONG_SECONDS,
    NAMES,
    OLD_SECONDS,
    YOUNG,
    YOUNG_SECONDS,
    Alert,
    alert,
    push_interval,
)

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Open:
    """An open incident."""

    since: datetime


def old(minutes: float) -> Open:
    """Make an incident that began so many minutes ago."""
    return Open(NOW - timedelta(minutes=minutes))


def test_without_incidents_no_target_needs_a_full_report() -> None:
    """The agents then send heartbeats."""
    assert alert({}, NOW) == Alert((), None)
    assert push_interval({}, ["front"], NOW) is None


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [
        (0, YOUNG_SECONDS),
        (14.9, YOUNG_SECONDS),
        (15, OLD_SECONDS),
        (119.9, OLD_SECONDS),
        (120, LONG_SECONDS),
    ],
)
def test_an_old_incident_needs_fewer_reports(minutes: float, seconds: float) -> None:
    """A long outage must not cost as much as its first minutes."""
    assert alert({"front": old(minutes)}, NOW) == Alert(("front",), seconds)


def test_the_youngest_incident_decides_and_is_named_first() -> None:
    """A target with an older incident has an interval of its own."""
    found = alert({"a": old(99), "c": old(1), "b": old(1)}, NOW)
    assert found == Alert(("b", "c", "a"), YOUNG_SECONDS, {"a": OLD_SECONDS})


def test_at_most_so_many_targets_are_named() -> None:
    """Those whose incidents are the youngest."""
    found = alert({f"t{n}": old(n) for n in range(NAMES + 5)}, NOW)
    assert found.targets == tuple(f"t{n}" for n in range(NAMES))


def test_an_agent_of_v1_pushes_sooner_for_its_own_young_incidents() -> None:
    """Another target's incident and an old one change nothing."""
    incidents = {"young": old(1), "old": old(YOUNG.total_seconds())}
    assert push_interval(incidents, ["well", "young"], NOW) == YOUNG_SECONDS
    assert push_interval(incidents, ["well", "old"], NOW) is None
