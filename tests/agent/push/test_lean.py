"""Lean reports: small while nothing changes, complete after a change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parallax.model.cluster import NodeReport, ReadingRef
from parallax.model.probe import Probe, Role
from parallax_agent.push.lean import LeanReports

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PROBE = Probe(
    role=Role.POD,
    request_id="id",
    url="http://example.test/",
    started_at=NOW,
    healthy=True,
    duration=0.1,
    status_code=200,
    headers=(("Server", "nginx"),),
    body="well",
    body_bytes=4,
)
REPORT = NodeReport(
    target="shop",
    cluster="c",
    node="n",
    sent_at=NOW,
    interval=15.0,
    probes=(PROBE,),
    reading_ref=ReadingRef(read_at=NOW, target="a" * 32),
)


def later(report: NodeReport) -> NodeReport:
    """Return the same report, read fifteen seconds later."""
    assert report.reading_ref
    read_at = report.reading_ref.read_at + timedelta(seconds=15)
    return replace(report, reading_ref=replace(report.reading_ref, read_at=read_at))


def test_the_first_report_is_complete() -> None:
    """There is no earlier report."""
    assert LeanReports().reduce(REPORT) == REPORT


def test_while_nothing_changes_headers_and_bodies_are_left_out() -> None:
    """Every probe, its status and its times stay, and so does the reading."""
    lean = LeanReports()
    lean.reduce(REPORT)
    second = lean.reduce(later(REPORT))
    (probe,) = second.probes
    assert (probe.status_code, probe.body_bytes) == (200, 4)
    assert (probe.headers, probe.body, probe.body_truncated) == ((), "", True)
    assert second.reading_ref == later(REPORT).reading_ref


@pytest.mark.parametrize(
    "changed",
    [
        replace(REPORT, probes=(replace(PROBE, healthy=False, status_code=503),)),
        replace(REPORT, reading_ref=ReadingRef(read_at=NOW, target="b" * 32)),
        replace(REPORT, problems=("nodes: forbidden",)),
        replace(REPORT, reading_ref=None),
    ],
)
def test_a_changed_report_is_complete(changed: NodeReport) -> None:
    """A failing probe, another cluster state, or one that could not be read."""
    lean = LeanReports()
    lean.reduce(REPORT)
    assert lean.reduce(changed) == changed
