"""Stream mappings: which records arrive together."""

from collections.abc import Callable
from typing import Any

from bench.cost.mappings import Mapping, Mappings


def _mappings(size: int, calls: list[Any], invoked: list[Any]) -> Mappings:
    mapping = Mapping(
        function="Diagnose",
        table="Journal",
        size=size,
        window=1.0,
        patterns=[{"eventName": ["INSERT"]}],
    )

    def later(seconds: float, call: Callable[[], object]) -> None:
        calls.append((seconds, call))

    return Mappings([mapping], later, lambda _, event: invoked.append(event), shards=1)


def _record(name: str = "INSERT") -> dict[str, Any]:
    return {"eventName": name, "dynamodb": {"Keys": {"pk": {"S": "shop"}}}}


def test_records_of_one_window_are_one_batch() -> None:
    """A filtered record, or one of another table, is in no batch."""
    calls: list[Any] = []
    invoked: list[Any] = []
    mappings = _mappings(10, calls, invoked)
    for record in (_record(), _record(), _record("REMOVE")):
        mappings.offer("Journal", record)
    mappings.offer("Incidents", _record())
    assert [seconds for seconds, _ in calls] == [1.0]
    calls[0][1]()
    assert [len(event["Records"]) for event in invoked] == [2]


def test_a_full_batch_does_not_wait() -> None:
    """Three records with a batch size of two are two invocations."""
    calls: list[Any] = []
    invoked: list[Any] = []
    mappings = _mappings(2, calls, invoked)
    for _ in range(3):
        mappings.offer("Journal", _record())
    assert [seconds for seconds, _ in calls] == [1.0, 0.0]
    calls[1][1]()
    calls[0][1]()
    assert [len(event["Records"]) for event in invoked] == [2, 1]
