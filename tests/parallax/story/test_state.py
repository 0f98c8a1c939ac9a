"""Specification of when an alarm may fire: `parallax.story.state`."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.diagnose.judge import judge
from parallax.model.finding import Incident, State
from parallax.model.snapshot import Snapshot
from parallax.story.rules import Rules
from parallax.story.state import next_state
from tests.parallax import scenarios as s

RULES = Rules(evidence_seconds=45)
PENDING = Incident(
    id="1",
    subject=s.TARGET.name,
    state=State.PENDING,
    since=s.NOW - timedelta(seconds=100),
    changed_at=s.NOW,
    cause="not-established",
)


def failed(seconds: float, *, investigated: bool = False) -> Snapshot:
    """Return two failed probes without agents, the first of them so long ago."""
    first, last = timedelta(seconds=seconds), timedelta(seconds=2)
    runs = [
        s.run(s.LB_503, at=s.NOW - first, investigated=False),
        s.run(s.LB_503, at=s.NOW - last, investigated=investigated),
    ]
    return s.taken(*runs)


def after(snapshot: Snapshot, rules: Rules = RULES) -> State:
    """Return the state of a pending incident after the judgement."""
    return next_state(PENDING, judge(snapshot), snapshot, rules)


@pytest.mark.parametrize(
    ("seconds", "state"), [(44, State.PENDING), (45, State.FIRING), (60, State.FIRING)]
)
def test_a_failure_without_an_investigation_fires_when_it_is_old(
    seconds: float, state: State
) -> None:
    """An investigation that fails each time must not hide it."""
    assert not judge(failed(seconds)).complete
    assert after(failed(seconds)) is state


def test_an_investigation_waits_for_what_agents_logged_of_it() -> None:
    """Ten seconds after its last request."""
    x = failed(20, investigated=True)
    assert x.run is not None
    last = max(probe.started_at for probe in x.run.probes)
    for seconds, state in ((9.9, State.PENDING), (10, State.FIRING)):
        now = last + timedelta(seconds=seconds)
        assert after(replace(x, taken_at=now), Rules(evidence_seconds=90)) is state
