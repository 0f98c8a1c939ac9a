"""The last probes: whether an incident's members fail at this moment."""

from dataclasses import replace
from datetime import timedelta

from parallax.model.snapshot import PastProbe
from parallax.report.last_probes import last_probes, result
from tests.parallax.open_group import member
from tests.parallax.sent_finding import NOON

BAD = PastProbe(started_at=NOON - timedelta(seconds=21), healthy=False, status_code=503)
GOOD = replace(BAD, healthy=True, status_code=200)
A, B = member("a"), member("b")


def test_one_target_has_time_and_result() -> None:
    """The newest of its probes counts."""
    older = replace(GOOD, started_at=NOON - timedelta(minutes=2))
    text = last_probes((A,), {"a": (older, BAD)}, NOON)
    assert text == "Last probe (11:59:39 UTC, 21 s ago): 503, still failing."


def test_many_targets_are_counted() -> None:
    """Those without a probe are not."""
    members = (A, B, member("c"))
    text = last_probes(members, {"a": (BAD,), "b": (GOOD,)}, NOON)
    assert text == (
        "Last probes (the newest at 11:59:39 UTC, 21 s ago): 1 of 2 still fail."
    )


def test_an_old_probe_shows_nothing_about_now() -> None:
    """Silence is neither a recovery nor a failure."""
    old = replace(GOOD, started_at=NOON - timedelta(minutes=9))
    text = last_probes((A,), {"a": (old,)}, NOON)
    assert text.endswith("9 min ago. How it is now is not known.")
    assert last_probes((A,), {}, NOON) == ""


def test_a_probe_without_a_response_has_its_error() -> None:
    """In the words of the evidence."""
    lost = replace(BAD, status_code=None, error_type="connection_refused")
    assert result(lost) == "connection refused, still failing"
    assert result(GOOD) == "200, healthy"
