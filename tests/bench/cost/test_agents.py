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
    assert ingest.pushes[0]["schema"] == SCHEMA_V2
    assert ingest.pushes[0]["heartbeat"]["sequence"] == 1
    assert ingest.pushes[0]["reports"] == []


def test_a_requested_target_is_reported_with_the_parts_that_are_missing() -> None:
    """The parts follow when the store names their digests."""
    asked = {
        "message": "",
        "next_seconds": 60,
        "full": ["shop-2"],
        "interval_seconds": 10,
    }
    ingest = Ingest(asked, {"message": ""})
    agent = _agent(ingest)
    assert agent.push(0.0) == 10
    agent.push(10.0)
    report = ingest.pushes[1]["reports"][0]
    assert report["target"] == "shop-2"
    assert "reading" not in report
    missing = report["reading_ref"]["target"]
    ingest.bodies = [{"message": "", "readings": [missing]}]
    agent.push(20.0)
    agent.push(30.0)
    assert [part["digest"] for part in ingest.pushes[3]["readings"]] == [missing]
    agent.push(300.0)
    assert ingest.pushes[4]["reports"] == []


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
