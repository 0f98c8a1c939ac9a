"""The incidents' table: compare-and-set, and the size of an item."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.incidents import advice as records
from parallax.incidents import table as incidents
from parallax.incidents.items import ConflictError
from parallax.incidents.table import DynamoIncidents
from parallax.model.advice import AdviceRecord
from parallax.model.finding import Incident, State
from parallax.model.packed import UnreadableError
from tests.parallax import scenarios as s
from tests.parallax.sent_finding import FINDING

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
NEW = Incident(
    id="front-1",
    subject="front",
    state=State.PENDING,
    since=NOW,
    changed_at=NOW,
    cause="not-established",
)


def test_an_incident_is_read_with_its_version(cloud: Any) -> None:
    """Each write increments the version."""
    table = DynamoIncidents(cloud.incidents)
    assert table.get("front") is None
    stored = table.put(NEW)
    assert stored == replace(NEW, version=1) == table.get("front")
    assert table.put(replace(stored, state=State.FIRING)).version == 2


@pytest.mark.parametrize("version", [0, 2])
def test_a_judgement_of_an_older_version_is_refused(cloud: Any, version: int) -> None:
    """Two concurrent judgements: the second must read again."""
    table = DynamoIncidents(cloud.incidents)
    table.put(NEW)
    with pytest.raises(ConflictError, match="front"):
        table.put(replace(NEW, version=version))
    assert table.get("front") == replace(NEW, version=1)


def test_a_finding_too_large_for_an_item_says_that_its_snapshot_is_missing(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a bucket it is published nevertheless."""
    large = replace(NEW, finding=replace(FINDING, snapshot=s.wrong_port()))
    monkeypatch.setattr(incidents, "ITEM_LIMIT", 2_000)
    table = DynamoIncidents(cloud.incidents)
    table.put(large)
    stored = table.get("front")
    assert stored is not None
    assert stored.finding is not None
    assert stored.finding.snapshot is None
    assert stored.finding.snapshot_problem == (
        "The snapshot was not stored: it is too large for the incidents table."
    )


def test_an_image_that_is_no_incident_is_unreadable() -> None:
    """The error has the subject."""
    with pytest.raises(UnreadableError, match="front"):
        incidents.from_image({"pk": {"S": "front"}, "payload": {"B": "AAAA"}})


def test_an_unreadable_item_is_replaced_and_reported_once(cloud: Any) -> None:
    """The number continues, so that no finding has the id of a published one."""
    item = incidents.to_item(replace(NEW, version=4, number=3))
    broken = item | {"payload": {"B": b"x"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    reasons: list[str] = []
    table = DynamoIncidents(cloud.incidents, lambda _, reason: reasons.append(reason))
    replaced = table.get("front")
    assert replaced == table.get("front")
    assert replaced is not None
    assert (replaced.id, replaced.state) == ("front-1", State.RESOLVED)
    assert (replaced.version, replaced.number) == (5, 3)
    assert len(reasons) == 1


@pytest.mark.parametrize(
    "clear",
    [
        *(
            {"version": version}
            for version in ({"S": "four"}, {"N": "4.5"}, {"L": []}, {"NULL": True})
        ),
        *({"number": number} for number in ({"N": "-1"}, {"S": "3"}, None)),
        *({"state": state} for state in ({"N": "1"}, {"S": "lost"}, None)),
        {"version": None, "number": None, "state": None, "id": None, "cause": None},
    ],
)
def test_wrong_types_beside_a_corrupt_payload_start_fresh(
    cloud: Any, clear: dict[str, Any]
) -> None:
    """The item is replaced once, and can be updated from then on."""
    clear = {"state": {"S": "lost"}} | clear
    item = incidents.to_item(replace(NEW, version=4, number=3)) | clear
    item = {name: value for name, value in item.items() if value is not None}
    item["payload"] = {"B": item["payload"]["B"][:40]}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=item)
    aside: list[str] = []
    table = DynamoIncidents(cloud.incidents, lambda _, reason: aside.append(reason))
    assert table.open() == {}
    fresh = table.get("front")
    assert fresh is not None
    assert (fresh.state, table.get("front")) == (State.RESOLVED, fresh)
    assert len(aside) == 1
    table.put(replace(fresh, state=State.FIRING))
    assert table.open()["front"].state is State.FIRING


WRONG_VERSIONS = [
    *({"N": number} for number in ("77", "0", "-1", "1.5", "1E+20", "9" * 38)),
    *({"S": "1"}, {"B": b"\0"}, {"NULL": True}),
]


@pytest.mark.parametrize("version", WRONG_VERSIONS, ids=repr)
def test_another_version_beside_a_readable_payload_starts_fresh(
    cloud: Any, version: Any
) -> None:
    """The item is reported as unreadable once, and later judgements are stored."""
    item = incidents.to_item(replace(NEW, version=4, number=3, state=State.FIRING))
    broken = item | {"version": version}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    reasons: list[str] = []
    table = DynamoIncidents(cloud.incidents, lambda _, reason: reasons.append(reason))
    fresh = table.get("front")
    assert fresh is not None
    assert (fresh.state, fresh.number) == (State.RESOLVED, 3)
    moved = table.put(replace(fresh, state=State.PENDING))
    assert table.get("front") == moved
    assert reasons == ["front: the version beside the payload is not 4"]


@pytest.mark.parametrize("version", WRONG_VERSIONS, ids=repr)
def test_another_version_beside_readable_advice_starts_fresh(
    cloud: Any, version: Any
) -> None:
    """The number stays, and the next record is stored."""
    table = records.DynamoAdvice(cloud.incidents)
    item = records.to_item(AdviceRecord(subject="front/advice", version=4, number=7))
    broken = item | {"version": version}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    fresh = table.get("front/advice")
    assert fresh is not None
    assert fresh.number == 7
    table.put(fresh)
    assert table.get("front/advice") == replace(fresh, version=fresh.version + 1)


def test_an_incident_without_a_version_beside_it_is_kept(cloud: Any) -> None:
    """Its successor is stored: there is no version to conflict with."""
    stored = replace(NEW, version=4)
    item = incidents.to_item(stored)
    del item["version"]
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=item)
    table = DynamoIncidents(cloud.incidents)
    assert table.get("front") == stored
    assert table.put(stored).version == 5


def test_a_replacement_loses_against_a_judgement_of_the_same_moment(
    cloud: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it was replaced in between, it is a conflict, and is read again."""
    broken = incidents.to_item(NEW) | {"payload": {"B": b"x"}, "version": {"S": "x"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    table, other = DynamoIncidents(cloud.incidents), DynamoIncidents(cloud.incidents)
    monkeypatch.setattr(table._items, "get", lambda _: broken)
    other.get("front")
    with pytest.raises(ConflictError):
        table.get("front")


attribute = st.dictionaries(
    st.sampled_from(["S", "N", "B", "L", "M"]),
    st.none() | st.text() | st.binary() | st.lists(st.integers()) | st.integers(),
)


@given(
    st.dictionaries(
        st.sampled_from(["pk", "kind", "payload", "version", "number", "state"]),
        attribute | st.text() | st.none(),
    )
)
def test_no_image_is_another_error(image: Any) -> None:
    """Any other image is unreadable, for incidents and advice alike."""
    for read in (incidents.from_image, records.from_image):
        with pytest.raises(UnreadableError):
            read(image)


@pytest.mark.parametrize("version", [{"S": "three"}, {"N": "1.5"}])
def test_unreadable_advice_with_an_unreadable_version_starts_fresh(
    cloud: Any, version: Any
) -> None:
    """The next record is stored; no judgement conflicts forever."""
    table = records.DynamoAdvice(cloud.incidents)
    item = records.to_item(AdviceRecord(subject="front/advice", version=3, number=7))
    broken = item | {"payload": {"B": b"nonsense"}, "version": version}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    fresh = table.get("front/advice")
    assert fresh is not None
    assert fresh == AdviceRecord(subject="front/advice", number=7)
    table.put(fresh)
    assert table.get("front/advice") == replace(fresh, version=1)
