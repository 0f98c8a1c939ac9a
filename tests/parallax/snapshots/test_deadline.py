"""A deadline: the result in time, or an error at once when the time is over."""

import threading

import pytest

from parallax.snapshots.deadline import within


def test_a_call_in_time_gives_its_result() -> None:
    """The result is the call's own."""
    assert within(60, lambda: 7) == 7


def test_an_error_of_the_call_is_raised() -> None:
    """It keeps its class, so that its reason can be stated."""

    def fail() -> None:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        within(60, fail)


def test_a_call_that_hangs_is_left_behind() -> None:
    """The caller continues; the thread does not keep the process alive."""
    release = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.01, release.wait)
    (left,) = [t for t in threading.enumerate() if t.name.endswith("(run)")]
    assert left.daemon
    release.set()
    left.join()
