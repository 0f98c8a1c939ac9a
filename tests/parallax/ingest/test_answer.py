"""Answer: what a response contains, also when something cannot be read."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parallax.ingest.answer import Answers
from parallax.ingest.store import Stored
from parallax.model.cluster import NodeReport, ReadingRef
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Open:
    """An incident that has just begun."""

    since: datetime = NOW


def answers(**changes: Any) -> Answers:
    """Make answers with one open incident, and a store that lacks every digest."""
    sources: dict[str, Any] = {
        "open_incidents": lambda: {"front": Open()},
        "lacking": lambda _cluster, digests, _now: digests,
        "next_seconds": lambda _node, _now: 57.0,
    }
    return Answers(**(sources | changes))


def push(schema: str = SCHEMA_V2) -> Push:
    """Make a push whose two reports refer to three digests."""
    reports = tuple(
        NodeReport(
            target=name,
            cluster="c",
            node="n",
            sent_at=NOW,
            interval=10.0,
            reading_ref=ReadingRef(read_at=NOW, target=f"of {name}", nodes="nodes"),
        )
        for name in ("front", "api")
    )
    beat = Heartbeat(sequence=1, interval=60.0, targets=2, nodes="nodes")
    return Push(
        schema=schema,
        cluster="c",
        node="n",
        sent_at=NOW,
        heartbeat=beat,
        reports=reports,
    )


def test_an_agent_learns_all_that_it_needs() -> None:
    """Which reports, how often, which readings, and when to ask again."""
    assert answers().body(push(), Stored(2), NOW) == {
        "message": "stored 2",
        "full": ["front"],
        "interval_seconds": 10.0,
        "readings": ["nodes", "of front", "of api"],
        "next_seconds": 57.0,
        "schema": SCHEMA_V2,
    }


def test_a_target_with_an_older_incident_has_its_own_interval() -> None:
    """The agent reports it less often than the youngest."""
    open_incidents = {"front": Open(NOW), "api": Open(NOW - timedelta(hours=1))}
    body = answers(open_incidents=lambda: open_incidents).body(push(), Stored(2), NOW)
    assert body["full"] == ["front", "api"]
    assert (body["interval_seconds"], body["intervals"]) == (10.0, {"api": 60.0})


def test_without_incidents_the_list_of_targets_is_empty() -> None:
    """It is there nevertheless: the agent may end its full reports."""
    body = answers(open_incidents=dict).body(push(), Stored(2), NOW)
    assert (body["full"], "interval_seconds" in body) == ([], False)


def test_an_agent_of_v1_gets_what_it_knows() -> None:
    """The interval while a target of its push fails."""
    body = answers().body(push(SCHEMA), Stored(2, ("reports.9: x",)), NOW)
    assert body == {
        "message": "stored 2 of 3; reports.9: x",
        "refused": 1,
        "interval_seconds": 10.0,
    }


@pytest.mark.parametrize(
    ("source", "absent"),
    [
        ("open_incidents", {"full", "interval_seconds"}),
        ("lacking", {"readings"}),
        ("next_seconds", {"next_seconds"}),
    ],
)
def test_what_cannot_be_read_is_left_out(
    source: str, absent: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The push is stored, and the answer says so; the reason is logged."""

    def fail(*_: object) -> Any:
        raise OSError("no connection")

    whole = answers().body(push(), Stored(2), NOW)
    body = answers(**{source: fail}).body(push(), Stored(2), NOW)
    assert whole.keys() - body.keys() == absent
    assert len(caplog.records) == 1


def test_what_could_not_be_read_is_logged_by_its_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The answer leaves it out, so only the log has it."""

    def fails(*_: object) -> Any:
        raise OSError("no table")

    broken = answers(open_incidents=fails, lacking=fails, next_seconds=fails)
    broken.body(push(), Stored(2), NOW)
    broken.body(push(SCHEMA), Stored(2), NOW)
    parts = [getattr(record, "part", None) for record in caplog.records]
    assert parts == ["incidents", "readings", "rounds", "incidents"]
    assert all(record.exc_info for record in caplog.records)
