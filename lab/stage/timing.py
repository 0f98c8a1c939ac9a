"""Timing: the template's timers and the agents' interval, on a stage.

In: nothing. Out: three timings. It does not: change what Parallax does; every value is
a parameter of the template or a setting of the agent.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Shorter than in production, where a rollout takes minutes and not seconds."""

    parameters: tuple[tuple[str, str], ...]
    agent_seconds: int
    """The agents' interval; their heartbeats are at most two of it apart, so that they
    learn of a failure within ten seconds."""


FOR_DEMO = Timing(
    (("SettleSeconds", "20"), ("QuietSeconds", "5"), ("EvidenceSeconds", "60")), 5
)
"""For the demo: ten repeats two seconds apart, as in production."""
FOR_TESTS = Timing(
    (
        ("SettleSeconds", "6"),
        ("QuietSeconds", "3"),
        ("EvidenceSeconds", "60"),
        ("RepeatSeconds", "0.5"),
    ),
    3,
)
"""For tests: the same steps with shorter waits."""
FOR_RUNS = Timing((("SettleSeconds", "20"), ("QuietSeconds", "25")), 5)
"""For recorded runs: what delays a first mail is as in production, apart from the wait
after a rollout, which in the lab takes seconds. The quiet time is longer than an
investigation, or one good probe would end an intermittent failure before its mail."""
