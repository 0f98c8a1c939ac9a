"""Result: one letter of a run, and its outcome.

In: nothing. Out: frozen values. It does not: decide an outcome.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from parallax.redrive.letter import Form


class Outcome(StrEnum):
    """The outcome of one letter."""

    REPLAYED = "replayed"
    DELETED = "deleted"
    """It had no event to replay."""
    READY = "can be replayed"
    """It was only read: a dry run."""
    FAILED = "failed again"
    STUCK = "cannot be replayed"


GONE = (Outcome.REPLAYED, Outcome.DELETED)
"""Outcomes after which the letter no longer exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One letter and its outcome. `step` None: no step of this stack."""

    step: str | None
    queue: str
    message_id: str
    sent_at: datetime | None
    form: Form
    reason: str
    outcome: Outcome
    detail: str = ""
