"""Rules: how patient an incident is.

In and out: values. It does not: decide anything.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How patient an incident is, in seconds.

    `settle_seconds` is the snapshot's own; it stands here for who sets both.
    """

    settle_seconds: float = 120
    quiet_seconds: float = 300
    evidence_seconds: float = 45
    reminder_seconds: float = 21600
