"""Specification by reported cases in which only the monitor itself was blind."""

from pathlib import Path

from parallax.cli.saved_snapshot import read_snapshot
from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.model.judgement import MONITOR_BLIND, View
from parallax.story.incident import advance
from parallax.story.rules import Rules

FOLDER = Path(__file__).parent / "verdicts"


def test_a_dead_own_resolver_is_an_incident_of_the_stack_alone() -> None:
    """The stack's probe is blind; the target has no incident."""
    x = read_snapshot(str(FOLDER / "own-resolver-dead-two-resolvers.json"))
    judged = {v.subject: v.judgement for v in silences(x)}
    assert judged["stack/probe"].cause == MONITOR_BLIND
    assert "198.51.100.155, ns1.example.net resolve" in judged["stack/probe"].title
    assert judge(x).symptom.external is View.UNKNOWN
    assert advance(None, judge(x), x, rules=Rules(settle_seconds=0)) is None
