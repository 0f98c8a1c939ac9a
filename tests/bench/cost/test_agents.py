"""Simulated agents obey `ingest` as the real ones do."""

import base64
import gzip
import json
from typing import Any

import pytest

from bench.cost.agents import Agent
from bench.cost.reports import Reports
from bench.cost.template import GIVEN
from parallax.model.push import SCHEMA, SCHEMA_V2

REPORTS = Reports("cluster-0", 5, ("shop-1", "shop-2"))


class Ingest:
    """Responds as given, and keeps what was pushed."""

    def __init__(self, *bodies: dict[str, Any]) -> None:
        self.bodies = list(bodies)
        self.pushes: list[dict[str, Any]] = []

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the next response; the last one again and again."""
        self.pushes.append(json.loads(gzip.decompress(base64.b64decode(event["body"]))))
        body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        status = 400 if "unknown" in body.get("message", "") else 202
        return {"statusCode": status, "body": json.dumps(body)}


def _agent(ingest: Ingest) -> Agent:
    return Agent(REPORTS, 0, GIVEN["AgentKey"], ingest)


def test_a_healthy_node_sends_a_heartbeat_when_it_should() -> None:
    """The response sets the time of the next one; there is no report."""
    ingest = Ingest({"message": "stored", "next_seconds": 42})
    assert _agent(ingest).push(0.0) == 42
    (push,) = ingest.pushes
    assert push["schema"] == SCHEMA_V2
    assert push["heartbeat"]["sequence"] == 1
    assert push["reports"] == []


def test_a_requested_target_is_reported_at_once_and_then_at_the_interval() -> None:
    """The first report brings its part; names of other clusters are ignored."""
    asked = {"next_seconds": 55, "full": ["shop-2", "other"], "interval_seconds": 10}
    ingest = Ingest({"message": ""} | asked)
    agent = _agent(ingest)
    assert agent.push(0.0) == 0.0
    assert agent.push(0.0) == 10.0
    agent.push(10.0)
    first, second = ingest.pushes[1:]
    assert [report["target"] for report in first["reports"]] == ["shop-2"]
    assert "reading" not in first["reports"][0]
    wanted = first["reports"][0]["reading_ref"]["target"]
    assert [part["digest"] for part in first["readings"]] == [wanted]
    assert second["reports"]
    assert second["readings"] == []


def test_reports_end_two_minutes_after_the_last_request() -> None:
    """Until then they are 15 seconds apart."""
    asked = {"message": "", "next_seconds": 55, "full": ["shop-1"]}
    ingest = Ingest(asked, asked, {"message": "", "next_seconds": 55})
    agent = _agent(ingest)
    agent.push(0.0)
    agent.push(0.0)
    assert agent.push(10.0) == 15.0
    agent.push(200.0)
    assert ingest.pushes[3]["reports"] == []


def test_a_part_that_the_store_lacks_follows_at_once() -> None:
    """Only once in a row, and only the parts that the response names."""
    nodes = REPORTS.nodes_part.digest
    ingest = Ingest({"message": "", "next_seconds": 55, "readings": [nodes]})
    agent = _agent(ingest)
    assert agent.push(0.0) == 0.0
    assert agent.push(0.0) == 55.0
    assert [part["digest"] for part in ingest.pushes[1]["readings"]] == [nodes]


@pytest.mark.parametrize("interval", [None, 10.0])
def test_an_old_ingest_gets_full_reports(interval: float | None) -> None:
    """Each target, at once and each 15 seconds, or as often as it requests."""
    ingest = Ingest(
        {"message": "unknown schema 'v2'"},
        {"message": "stored"} | ({"interval_seconds": interval} if interval else {}),
    )
    agent = _agent(ingest)
    assert agent.push(0.0) == 0.0
    assert agent.push(0.0) == (interval or 15.0)
    assert ingest.pushes[1]["schema"] == SCHEMA
    assert len(ingest.pushes[1]["reports"]) == 2
