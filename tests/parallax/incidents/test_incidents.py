"""Incidents: moved by compare-and-set, and small enough for an item."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from parallax import incidents
from parallax.incidents import ConflictError, DynamoIncidents, UnreadableError
from parallax.model.finding import Incident, State

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
NEW = Incident(
    id="front-1",
    subject="front",
    state=State.PENDING,
    since=NOW,
    changed_at=NOW,
    cause="not-established",
)


def test_an_incident_comes_back_with_its_version(cloud: Any) -> None:
    """Each store counts the version on."""
    table = DynamoIncidents(cloud.incidents)
    assert table.get("front") is None
    stored = table.put(NEW)
    assert stored == replace(NEW, version=1) == table.get("front")
    assert table.put(replace(stored, state=State.FIRING)).version == 2


@pytest.mark.parametrize("version", [0, 2])
def test_a_judgement_of_an_older_version_is_refused(cloud: Any, version: int) -> None:
    """Two judgements at once: the second must read again."""
    table = DynamoIncidents(cloud.incidents)
    table.put(NEW)
    with pytest.raises(ConflictError, match="front"):
        table.put(replace(NEW, version=version))
    assert table.get("front") == replace(NEW, version=1)


def test_an_image_that_is_no_incident_is_unreadable() -> None:
    """The error names the subject."""
    with pytest.raises(UnreadableError, match="front"):
        incidents.from_image({"pk": {"S": "front"}, "payload": {"B": "AAAA"}})


def test_an_item_that_cannot_be_read_is_replaced_and_told_once(cloud: Any) -> None:
    """The number goes on, so that no finding bears the id of one that is out."""
    item = incidents.to_item(replace(NEW, version=4, number=3))
    broken = item | {"payload": {"B": b"x"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    told: list[str] = []
    table = DynamoIncidents(cloud.incidents, lambda _, reason: told.append(reason))
    anew = table.get("front")
    assert anew == table.get("front")
    assert anew is not None
    assert (anew.id, anew.state) == ("front-1", State.RESOLVED)
    assert (anew.version, anew.number) == (5, 3)
    assert len(told) == 1
