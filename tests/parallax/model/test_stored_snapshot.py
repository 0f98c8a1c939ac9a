"""A stored snapshot: each reading once, and the same snapshot when it is read."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from parallax.diagnose.judge import judge
from parallax.model.cluster import ClusterReading, Node
from parallax.model.packed import pack
from parallax.model.schema import stored_snapshot_schema
from parallax.model.snapshot import Snapshot
from parallax.model.stored_snapshot import (
    MOST,
    ReadingUse,
    UnknownSchemaError,
    decode_snapshot,
    joined,
    stored,
)
from parallax.model.wire import decode, encode
from tests.parallax import scenarios as s

SAVED = sorted((Path(__file__).parents[3] / "events/diagnose").glob("*.json"))
FAULTS = {name: build() for name, build in s.FAULTS.items()}


def many(snapshot: Snapshot, nodes: int, *, differ: bool = False) -> Snapshot:
    """Return a snapshot of so many nodes; their readings are equal, or all differ."""
    first = snapshot.reports[0]
    assert first.reading is not None
    reports = [
        replace(
            first,
            node=f"node-{number}",
            reading=replace(
                copy(first.reading),
                read_at=first.reading.read_at + timedelta(milliseconds=number),
                service_port=number if differ else 80,
                problems=(f"problem {number}",),
            ),
        )
        for number in range(nodes)
    ]
    return replace(snapshot, reports=tuple(reports))


def copy(reading: ClusterReading) -> ClusterReading:
    """Return an equal reading that shares no object, as each push brings its own."""
    return decode(ClusterReading, encode(reading))


def as_json(snapshot: Snapshot) -> Any:
    """Return the JSON of the stored form."""
    return json.loads(json.dumps(encode(stored(snapshot))))


@pytest.mark.parametrize("cause", FAULTS)
def test_a_snapshot_is_the_same_after_it_was_stored(cause: str) -> None:
    """It validates against the published schema, and decodes to an equal value."""
    written = as_json(FAULTS[cause])
    Draft202012Validator(stored_snapshot_schema()).validate(written)
    assert decode_snapshot(written) == FAULTS[cause]


@pytest.mark.parametrize("path", SAVED, ids=lambda path: path.stem)
def test_snapshots_of_version_1_stay_readable(path: Path) -> None:
    """Recordings of earlier releases decode to what they decoded to before."""
    plain = json.loads(path.read_text())["snapshot"]
    assert decode_snapshot(plain) == decode(Snapshot, plain)
    assert decode_snapshot({k: v for k, v in plain.items() if k != "schema"})


def test_equal_readings_are_stored_once_with_the_instants_of_all() -> None:
    """Each report keeps its own instant and its own problems."""
    snapshot = many(s.wrong_port(), 40)
    kept = stored(snapshot)
    assert (len(kept.readings), len(kept.node_lists), len(kept.uses)) == (1, 1, 40)
    assert len({use.read_at for use in kept.uses}) == 40
    assert len({use.problems for use in kept.uses}) == 40
    assert joined(kept) == snapshot


def test_readings_that_share_their_parts_are_recognized() -> None:
    """So are readings that a journal joined from the same stored parts."""
    first = s.wrong_port().reports[0]
    assert first.reading is not None
    shared = tuple(
        replace(first, node=str(n), reading=replace(first.reading, problems=(str(n),)))
        for n in range(5)
    )
    snapshot = replace(s.wrong_port(), reports=shared)
    assert len(stored(snapshot).readings) == 1
    assert joined(stored(snapshot)) == snapshot


def test_a_list_of_nodes_that_changed_does_not_repeat_the_rest() -> None:
    """Nodes and the target's own objects are stored apart."""
    x = many(s.wrong_port(), 2)
    one, other = x.reports
    assert other.reading is not None
    assert other.reading.nodes
    fewer = replace(other.reading, nodes=other.reading.nodes[1:])
    x = replace(x, reports=(one, replace(other, reading=fewer)))
    kept = stored(x)
    assert (len(kept.readings), len(kept.node_lists)) == (1, 2)
    assert joined(kept) == x


def test_a_reading_without_nodes_and_a_report_without_reading_stay_so() -> None:
    """None is unknown, and differs from an empty list."""
    x = many(s.wrong_port(), 3)
    first, second, third = x.reports
    assert first.reading is not None
    assert second.reading is not None
    reports = (
        replace(first, reading=replace(first.reading, nodes=None)),
        replace(second, reading=replace(second.reading, nodes=())),
        replace(third, reading=None),
    )
    x = replace(x, reports=reports)
    assert joined(stored(x)) == x


def test_size_grows_by_the_reports_only() -> None:
    """Reports of a large cluster are far smaller than if each had its reading."""
    snapshot = s.wrong_port()
    first = snapshot.reports[0]
    assert first.reading is not None
    nodes = tuple(
        Node(name=f"node-{n}", internal_ip=f"10.0.{n // 256}.{n % 256}")
        for n in range(500)
    )
    large = replace(first, reading=replace(first.reading, nodes=nodes))
    snapshot = many(replace(snapshot, reports=(large,)), 100)
    assert len(pack(stored(snapshot))) * 10 < len(pack(snapshot))


def test_too_many_different_readings_leave_the_one_that_is_judged() -> None:
    """The judgement stays the same, and the stored form lists what it lacks."""
    snapshot = many(s.wrong_port(), MOST + 1, differ=True)
    kept = stored(snapshot)
    assert (len(kept.readings), kept.trimmed) == (2, ("readings",))
    back = joined(kept)
    assert back.cluster == snapshot.cluster
    assert judge(back) == judge(snapshot)
    assert stored(many(s.wrong_port(), MOST, differ=True)).trimmed == ()


def test_too_many_lists_of_nodes_leave_the_one_that_is_judged() -> None:
    """The instants of all readings stay: they show whose report is complete."""
    snapshot = many(s.wrong_port(), MOST + 1)
    reports = tuple(
        replace(
            report,
            reading=replace(report.reading, nodes=report.reading.nodes[:1] * number),
        )
        for number, report in enumerate(snapshot.reports, 1)
        if report.reading and report.reading.nodes
    )
    snapshot = replace(snapshot, reports=reports)
    kept = stored(snapshot)
    assert (len(kept.node_lists), kept.trimmed) == (1, ("readings",))
    back = joined(kept)
    assert back.cluster == snapshot.cluster
    assert [r.reading and r.reading.read_at for r in back.reports] == [
        r.reading and r.reading.read_at for r in snapshot.reports
    ]


@pytest.mark.parametrize("place", ["report", "reading", "nodes"])
@pytest.mark.parametrize("number", [99, -1])
def test_a_reference_to_nothing_is_an_error(place: str, number: int) -> None:
    """A damaged document is not judged without the reading."""
    kept = stored(s.wrong_port())
    use: ReadingUse = replace(kept.uses[0], **{place: number})
    with pytest.raises(ValueError, match="is missing"):
        joined(replace(kept, uses=(use,)))


@pytest.mark.parametrize("schema", ["io.parallax.snapshot.v3", 2, None])
def test_another_version_is_an_error(schema: object) -> None:
    """Its fields may have other meanings."""
    with pytest.raises(UnknownSchemaError):
        decode_snapshot(as_json(s.wrong_port()) | {"schema": schema})


def test_a_reader_of_version_1_refuses_the_stored_form() -> None:
    """It would judge without readings: so the part it finds names version 2 too."""
    inner = as_json(s.wrong_port())["snapshot"]
    assert inner["schema"] == "io.parallax.snapshot.v2"
    with pytest.raises(ValidationError):
        decode_snapshot(inner)
