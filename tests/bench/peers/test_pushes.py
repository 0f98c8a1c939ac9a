"""The pushes of the bench: signed as an agent signs them."""

from datetime import UTC, datetime

from bench.peers.pushes import KINDS, NODES, event
from bench.peers.server import KEY
from parallax.ingest.agent_keys import read_keys
from parallax.ingest.request import read_request
from parallax.ingest.signature import verify


def test_each_kind_of_push_is_signed_with_the_key_of_the_bench() -> None:
    """Ingest reads the request, and accepts its signature."""
    for kind in KINDS.values():
        request = read_request(event(kind(datetime.now(UTC)), 1))
        verify(
            {name.lower(): value for name, value in request.headers.items()},
            request.body,
            read_keys([KEY]),
        )


def test_a_report_has_the_probes_and_the_reading_of_a_cluster() -> None:
    """Its size is that of a real one, not of an empty one."""
    (report,) = KINDS["report"](datetime.now(UTC)).reports
    assert report.reading
    assert report.reading.nodes
    assert len(report.reading.nodes) == NODES
    assert len(report.probes) > NODES
