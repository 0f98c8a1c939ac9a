"""Rules: the waiting times of an incident.

In and out: values. It does not: decide anything about one incident.
"""

from dataclasses import dataclass

from parallax.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The waiting times of an incident, in seconds.

    `settle_seconds`: how long a change of the cluster may delay an alarm. It equals
    the snapshot's own. `quiet_seconds`: how long a target must be healthy before its
    incident ends. `evidence_seconds`: how long a first mail waits for evidence.
    `reminder_seconds`: after which time a mail is repeated.
    """

    settle_seconds: float = 120
    quiet_seconds: float = 300
    evidence_seconds: float = 45
    reminder_seconds: float = 21600

    @classmethod
    def of(cls, settings: Settings) -> "Rules":
        """Return the times that the stack's parameters set."""
        return cls(
            settle_seconds=settings.settle_seconds,
            quiet_seconds=settings.quiet_seconds,
            evidence_seconds=settings.evidence_seconds,
            reminder_seconds=settings.reminder_seconds,
        )

    def patience(self, changes: int) -> float:
        """Return the seconds after a mail from which on the next change is mailed.

        The time doubles after each change, so that a failure that keeps changing does
        not flood the inbox. The queue gets every change, and a reminder the present
        state.
        """
        shortest = max(self.quiet_seconds, self.evidence_seconds)
        return min(shortest * 2 ** min(changes, 16), self.reminder_seconds)
