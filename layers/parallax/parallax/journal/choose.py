"""Choose: the journal that this function uses.

In: the table's name, if one is configured. Out: a journal.
It does not: create a table.
"""

from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import Journal


def open_journal(table: str | None) -> Journal:
    """Return the journal in this table; without a table, one that prints."""
    if table:
        return DynamoJournal(table)
    from parallax.journal.printed import PrintedJournal  # noqa: PLC0415 - rarely used

    return PrintedJournal()
