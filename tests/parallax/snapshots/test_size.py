"""The size of a finding and of its snapshot in a cluster of 500 nodes."""

from dataclasses import replace

import pytest

from bench.speed.judging import FAULT, cluster
from parallax.diagnose.join import join
from parallax.diagnose.judge import judge
from parallax.incidents.table import to_item
from parallax.model.cluster import Node
from parallax.model.snapshot import Snapshot
from parallax.notify.routes import message
from parallax.settings import SOURCE
from parallax.snapshots.bucket import Bucket
from parallax.snapshots.claim_check import ClaimCheck
from parallax.snapshots.download import fetch
from parallax.story.incident import advance
from parallax.story.rules import Rules

NODES = 500


@pytest.fixture(scope="module")
def large() -> Snapshot:
    """Return a failing target with a report of each node; all read the same objects."""
    seen = cluster(100)
    drawn = join(seen.target, seen.observations, taken_at=seen.taken_at)
    first = drawn.reports[0].reading
    assert first is not None
    assert first.nodes is not None
    added = tuple(
        Node(name=f"added-{n}", internal_ip=f"10.99.{n // 256}.{n % 256}")
        for n in range(NODES - len(first.nodes))
    )
    reading = replace(first, nodes=(*first.nodes, *added))
    reports = [
        replace(
            report,
            node=f"{report.node}-{copy}",
            reading=report.reading and replace(reading, read_at=report.reading.read_at),
        )
        for copy in range(NODES // len(drawn.reports))
        for report in drawn.reports
    ]
    return replace(drawn, reports=tuple(reports))


def test_a_finding_of_500_nodes_is_small_and_keeps_all_its_evidence(
    bucket: str, large: Snapshot
) -> None:
    """Item and message have the size of a small cluster's; the object is below 1 MB."""
    incident = advance(None, judge(large), large, rules=Rules())
    assert incident is not None
    stored = ClaimCheck(Bucket(bucket)).check_in(incident)
    assert stored.finding is not None
    reference = stored.finding.snapshot_ref
    assert reference is not None
    assert reference.bytes < 1_000_000
    assert len(to_item(stored)["payload"]["B"]) < 4_096
    assert len(message(stored.finding, SOURCE)[0]) < 16_384
    back = fetch(reference)
    assert len(back.reports) == NODES
    assert back == large
    assert judge(back).cause == stored.finding.cause == FAULT
