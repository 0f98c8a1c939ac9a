"""The response: head and first lines, or what the finding has itself."""

from dataclasses import replace
from typing import Any

import pytest

from parallax.model.probe import ErrorType
from parallax.model.snapshot_excerpt import Excerpt, excerpt_of
from parallax.report.received import AT_ONCE, CHARACTERS, HEADERS, LINES, received
from tests.parallax.open_group import ALERT
from tests.parallax.report.incidents import finding_of, recorded

SNAPSHOT = recorded("lb-health-check-wrong-port")
FINDING = finding_of(SNAPSHOT)


def text(**changes: Any) -> str:
    """Return the part's text for a first probe with these changes."""
    run = SNAPSHOT.run
    assert run is not None
    first = replace(run.first, **changes)
    excerpt = Excerpt(taken_at=SNAPSHOT.taken_at, run=replace(run, probes=(first,)))
    part = received(FINDING, excerpt)
    assert part is not None
    return "".join(part.itertext())


def test_head_body_and_author_are_shown() -> None:
    """As the first failing request got them."""
    part = received(FINDING, excerpt_of(SNAPSHOT))
    assert part is not None
    found = "".join(part.itertext())
    assert "written by the load balancer (haproxy)" in found
    assert "503 Service Unavailable\ncontent-length: 107\n" in found
    assert "No server is available to handle this request." in found


def test_a_machine_at_a_wrong_address_is_not_the_load_balancer() -> None:
    """Its response is named by its program and its address."""
    snapshot = recorded("dns-stale-address")
    part = received(finding_of(snapshot), excerpt_of(snapshot))
    assert part is not None
    assert "written by haproxy at 203.0.113.2" in "".join(part.itertext())


def test_without_a_response_the_error_is_shown() -> None:
    """With its detail."""
    found = text(
        status_code=None,
        headers=(),
        body="",
        error_type=ErrorType.TIMEOUT,
        error_detail="no end within 10 s",
    )
    assert "timeout: no end within 10 s" in found
    assert "written by" not in found


def test_a_long_response_is_cut_and_says_so() -> None:
    """The snapshot has the rest."""
    headers = tuple((f"x-{n}", "y" * 5_000) for n in range(HEADERS + 3))
    found = text(headers=headers, body="line\n" * 5_000, body_bytes=25_000)
    assert "(3 more headers)" in found
    assert "(cut; 25000 bytes in all)" in found
    assert found.count("line\n") <= LINES
    assert len(text(body="x" * 60_000, headers=())) < CHARACTERS + 300


def test_a_long_body_is_folded() -> None:
    """Its first lines stand open."""
    run = SNAPSHOT.run
    assert run is not None
    first = replace(run.first, body="line\n" * 12, body_bytes=60)
    excerpt = Excerpt(taken_at=SNAPSHOT.taken_at, run=replace(run, probes=(first,)))
    part = received(FINDING, excerpt)
    assert part is not None
    shown, folded = ("".join(pre.itertext()) for pre in part.iter("pre"))
    assert shown.count("line") == AT_ONCE
    assert folded.count("line") == 12 - AT_ONCE


def test_an_empty_body_is_stated() -> None:
    """It is not a part that is missing."""
    assert "(empty body)" in text(body="", body_bytes=0)


def test_without_a_snapshot_the_finding_s_first_line_is_shown() -> None:
    """And nothing if it has no response."""
    part = received(ALERT.finding, None)
    assert part is not None
    assert "503 Service Unavailable" in "".join(part.itertext())
    assert received(replace(ALERT.finding, response=None), None) is None


@pytest.mark.parametrize("body", ["a\x1b[2Jb", "a\u202eb", "a\x00b"])
def test_controls_of_a_body_are_replaced(body: str) -> None:
    """What is copied from the page does not reach a terminal."""
    assert "a\N{REPLACEMENT CHARACTER}" in text(body=body)
