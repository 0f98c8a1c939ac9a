"""Pace: how fast a stage lives: the template's timers and the agents' interval.

In: nothing. Out: two paces. It does not: change what Parallax does; every value is
a parameter of the template or a setting of the agent that an operator has as well.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Shorter than in the field, where a rollout takes minutes and not seconds."""

    parameters: tuple[tuple[str, str], ...]
    agent_seconds: int


SHOWN = Pace(
    (("SettleSeconds", "20"), ("QuietSeconds", "5"), ("EvidenceSeconds", "60")), 5
)
"""For whoever watches: ten repeats two seconds apart, as in the field."""
TESTED = Pace(
    (
        ("SettleSeconds", "6"),
        ("QuietSeconds", "3"),
        ("EvidenceSeconds", "60"),
        ("RepeatSeconds", "0.5"),
    ),
    3,
)
"""For tests: the same steps, less waiting between them."""
