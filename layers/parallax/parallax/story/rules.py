"""Rules: the waiting times of an incident.

In and out: values. It does not: decide anything.
"""

from dataclasses import dataclass


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
