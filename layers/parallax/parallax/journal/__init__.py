"""Journal: every observation, kept two days, each source's in the order of time.

In: observations from `probe`, `inspect` and `ingest`. Out: what a judgement needs
of a target, for `diagnose`; and a stream, which wakes `diagnose` and `inspect`.
It does not: judge, or keep anything for good.
"""

from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import (
    Journal,
    Observation,
    TooLargeError,
    UnreadableError,
    from_image,
    to_item,
)
from parallax.journal.printed import PrintedJournal


def open_journal(table: str | None) -> Journal:
    """Return the journal in this table, or the printed one where there is none."""
    return DynamoJournal(table) if table else PrintedJournal()


__all__ = [
    "DynamoJournal",
    "Journal",
    "Observation",
    "PrintedJournal",
    "TooLargeError",
    "UnreadableError",
    "from_image",
    "open_journal",
    "to_item",
]
