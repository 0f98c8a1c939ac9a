"""Opening: the groups of a deployed stack, as `notify` changes them.

In: the settings. Out: `Keeping`, with the targets of the file if it is readable. What
cannot be read, or cannot be published, goes to the dead-letter queue, which has an
alarm.
It does not: read or change the groups.
"""

from collections.abc import Sequence
from contextlib import suppress

from parallax.groups.due import Due
from parallax.groups.keeping import Keeping
from parallax.groups.missed import Begin, always
from parallax.groups.table import DynamoGroups
from parallax.incidents.items import Item
from parallax.incidents.table import DynamoIncidents
from parallax.model.target import Target
from parallax.model.wire import encode
from parallax.settings import Settings
from parallax.story.rules import Rules
from parallax.stream import send_to_dead_letters


def open_keeping(settings: Settings, begin: Begin = always) -> Keeping:
    """Return the groups of a stack, with the targets of its file if it is readable.

    `begin` says whether to begin what may have ended an earlier process.
    """
    from parallax import targets  # noqa: PLC0415 - yaml takes time

    watched: Sequence[Target] = ()
    with suppress(targets.TargetsError):
        watched = targets.load(targets.find())
    table = settings.need("incidents_table")
    letters = settings.dead_letters_url

    def keep(item: Item, reason: str) -> None:
        send_to_dead_letters({"item": item}, reason, letters)

    def report(due: Due) -> None:
        reason = f"groups: alert {due.turn.value} has no finding"
        send_to_dead_letters({"group": encode(due.group)}, reason, letters)

    tables = DynamoGroups(table, keep), DynamoIncidents(table, keep)
    return Keeping(*tables, Rules.of(settings), watched, report, begin)
