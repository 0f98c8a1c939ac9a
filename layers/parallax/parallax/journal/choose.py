"""Choose: the journal that this function uses.

In: the table's name, if one is configured. Out: a journal.
It does not: create a table.
"""

from parallax.journal.dynamodb import DynamoJournal
from parallax.journal.observation import Journal
from parallax.journal.printed import PrintedJournal


def open_journal(table: str | None) -> Journal:
    """Return the journal in this table; without a table, one that prints."""
    return DynamoJournal(table) if table else PrintedJournal()
