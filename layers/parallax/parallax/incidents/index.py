"""Index: the incidents that have not ended, from the table's sparse index.

In: the table's items. Out: subject, state and beginning of each open incident.
It does not: import the model of a finding, which takes 10 ms: `ingest` needs neither.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from parallax.incidents.items import Item, Items
from parallax.model.incident_state import State

log = logging.getLogger(__name__)

INDEX = "unresolved"
"""The sparse index, and the attribute that only unresolved incidents have: its query
reads nothing else, however many incidents ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An incident that has not ended, as the index has it."""

    subject: str
    state: State
    since: datetime


class OpenIncidents:
    """The open incidents of a table, for who reads nothing else of it."""

    def __init__(self, table: str) -> None:
        self._items = Items(table)

    def open(self) -> Mapping[str, Open]:
        """Return the incidents that have not ended, by subject, as `read_open`."""
        return read_open(self._items)


def read_open(items: Items) -> Mapping[str, Open]:
    """Return the incidents that have not ended, by subject.

    It costs half a read unit while there is none. It may miss a change of the last
    second. It lacks incidents that an earlier version stored, until the hourly sweep
    has stored them again.
    """
    found = map(_open, items.indexed(INDEX, "state", "since"))
    return {one.subject: one for one in found if one}


def _open(item: Item) -> Open | None:
    """Return the open incident in an item of the index; None: it is unreadable."""
    try:
        return Open(
            subject=item["pk"]["S"],
            state=State(item["state"]["S"]),
            since=datetime.fromisoformat(item["since"]["S"]),
        )
    except (KeyError, ValueError) as error:
        log.warning("unreadable item of the index", extra={"reason": repr(error)})
        return None
