"""The trace: how long each phase of a request took, and all of them."""

from parallax.probe.trace import Trace


def test_the_duration_is_that_of_all_phases() -> None:
    """What we do before the first and after the last is not the target's."""
    trace = Trace()
    trace.enter("connect")
    trace.enter("tls")
    trace.leave()
    spent = trace.phases.connect, trace.phases.tls
    assert all(spent)
    assert abs(trace.duration - sum(filter(None, spent))) < 1e-9


def test_a_request_that_reached_no_phase_took_no_time() -> None:
    """A URL that cannot be parsed is such a request."""
    trace = Trace()
    trace.leave()
    assert trace.duration == 0.0
