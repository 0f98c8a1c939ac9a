"""Grouping: the groups' part of one invocation of `notify`.

In: stream records of incidents; the call of each minute. Out: the groups in their
table, whose stream then brings the alerts. A record that no retry can help goes to the
dead-letter queue, so that it delays no other.
It does not: send.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property

from parallax.aws import may_pass
from parallax.groups.keeping import Keeping
from parallax.groups.opening import open_keeping
from parallax.incidents.items import ConflictError
from parallax.model.finding import Incident
from parallax.model.packed import UnreadableError
from parallax.notify.begun import Begun
from parallax.notify.publication import from_image
from parallax.settings import Settings
from parallax.stream import Record, send_to_dead_letters

SEVERAL = 2
log = logging.getLogger(__name__)


class Grouping:
    """The groups during one invocation; they are read when they are needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _keeping(self) -> Keeping:
        begun = Begun(self._settings.need("incidents_table"))
        return open_keeping(self._settings, begun.begin)

    def take_all(self, records: Sequence[Record]) -> None:
        """Take the incidents of all records, if that succeeds.

        If it does not, each record is taken by itself, and only what fails then fails.
        """
        incidents = list(_incidents(records))
        if len(incidents) < SEVERAL:
            return
        try:
            self._keeping.take_all(incidents, datetime.now(UTC))
        except Exception:
            log.exception("incidents were not grouped together")

    def take(self, record: Record, incident: Incident) -> None:
        """Take a new version of an incident; raises if a retry may succeed."""
        try:
            self._keeping.take(incident, datetime.now(UTC))
        except Exception as error:
            if may_pass(error) or isinstance(error, ConflictError):
                raise
            log.exception(
                "incident was not grouped", extra={"subject": incident.subject}
            )
            letters = self._settings.dead_letters_url
            send_to_dead_letters(record, f"groups: {error!r}", letters)

    def tick(self) -> None:
        """Take the time; raises botocore's errors, and `ConflictError`."""
        self._keeping.tick(datetime.now(UTC))


def _incidents(records: Sequence[Record]) -> Iterator[Incident]:
    """Yield the incidents in these records; one that is unreadable is left out."""
    for record in records:
        with suppress(UnreadableError, KeyError, TypeError):
            if record.get("eventName") != "REMOVE":
                item = from_image(record["dynamodb"]["NewImage"])
                if isinstance(item, Incident):
                    yield item
