"""Delivery: sends publications over one route, in order for each subject.

In: stream records of the incidents table; once a minute, the waiting records. Out:
messages on the route. Records that it rejects for now wait in the table; records that
it rejects permanently go to the dead-letter queue.
It does not: delay other subjects or other routes. A record fails, so that Lambda
retries it, only if the table itself cannot be used.
"""

import logging
from contextlib import suppress
from functools import cached_property
from random import shuffle
from time import monotonic

from parallax.aws import is_permanent, is_unsent, may_pass
from parallax.model.packed import UnreadableError
from parallax.notify.marks import Marks
from parallax.notify.publication import (
    Publication,
    Published,
    from_image,
    is_new,
    publications,
)
from parallax.notify.routes import Route
from parallax.notify.waiting import Waiting
from parallax.stream import Record, send_to_dead_letters

SEND_SECONDS = 8.0
"""Seconds of an invocation after which no attempt begins. One more attempt of 12
seconds and the table's calls still fit into the function's timeout of 24."""
MOST_ATTEMPTS = 2
"""Attempts with an unknown result, e.g. because the function was stopped: at most one
message too many."""
log = logging.getLogger(__name__)


class StillWaitingError(RuntimeError):
    """Records wait for a route; raised so that Lambda's error count shows it."""


class RepeatedError(RuntimeError):
    """A publication may already have been sent as often as is acceptable."""


class Delivery:
    """One route during one invocation.

    `is_redrive`: an operator replays dead letters; earlier attempts do not count.
    """

    def __init__(
        self,
        route: Route,
        table: str,
        dead_letters_url: str | None = None,
        *,
        is_redrive: bool = False,
    ) -> None:
        self.route = route
        self._is_redrive = is_redrive
        self._marks = Marks(table, route.name)
        self._queue = Waiting(table, route.name)
        self._letters = dead_letters_url
        self._end = monotonic() + SEND_SECONDS
        self._failed: set[str] = set()
        self.sent: list[str] = []

    def deliver(self, record: Record, item: Published) -> None:
        """Publish what a stream record holds, or store it to wait.

        Raises only if the table cannot be read or written. Then the subject's later
        records in this invocation are not sent either, to keep their order.
        """
        subject = item.subject
        if subject in self._failed:
            raise StillWaitingError(f"an earlier record of {subject} was not sent yet")
        try:
            self._deliver(record, item)
        except Exception:
            self._failed.add(subject)
            raise

    def deliver_waiting(self) -> None:
        """Send the waiting records; raises `StillWaitingError` if any still waits.

        Each subject stops at its first rejection. The order of subjects is random, so
        that a slow subject cannot use up the time of every minute.
        """
        waiting = self._queue.by_subject()
        subjects = list(waiting)
        shuffle(subjects)
        left = sum(self._redeliver(waiting[subject]) for subject in subjects)
        if left:
            raise StillWaitingError(
                f"{left} records are still waiting for the {self.route.name}"
            )

    def publish(self, publication: Publication, *, is_first: bool = True) -> None:
        """Send one publication unless it was sent before; raises the route's error.

        `is_first`: no earlier attempt was made. Otherwise an attempt is made only if
        it can be counted.
        """
        identity = publication.id
        mark = self._marks.read(identity)
        if mark.is_sent:
            return
        if mark.was_tried:
            # That attempt may have been sent. Another one is made when the result will
            # be known: while the destination does not respond, this raises.
            self.route.check()
        self._count(identity, is_first=is_first)
        try:
            self.route.send(publication)
        except Exception as error:
            if is_unsent(error):
                with suppress(Exception):
                    self._marks.withdraw(identity)
            raise
        self.sent.append(identity)
        self._marks.remember(identity)
        try:
            self._marks.done(identity)
        except Exception:
            # It was sent. Failing now would only send it again.
            log.exception(
                "published mark was not written", extra={"publication": identity}
            )

    def _deliver(self, record: Record, item: Published) -> None:
        wanted = self._wanted(item)
        if not wanted:
            return
        if item.subject in self._waiting:
            if is_new(item):
                self._wait(record, item.subject)
            return
        if monotonic() >= self._end:
            self._wait(record, item.subject)
            return
        try:
            for publication in wanted:
                self.publish(publication, is_first=is_new(item))
        except Exception as error:  # noqa: BLE001 - every rejected record waits or is a dead letter
            self._reject(record, item, error)

    def _reject(self, record: Record, item: Published, error: Exception) -> None:
        log.warning("record was rejected", extra=self._facts(item.subject, error))
        if not is_new(item):
            return  # the version that added it waits, was sent, or is a dead letter
        if may_pass(error):
            self._wait(record, item.subject)
        else:
            self._give_up(record, error)

    def _wait(self, record: Record, subject: str) -> None:
        """Store a record to wait; one that cannot be stored is a dead letter."""
        try:
            self._queue.add(subject, record)
        except Exception as error:
            if not is_permanent(error):
                raise
            # The list is full or damaged; no retry changes that.
            self._give_up(record, error)
        self._waiting.add(subject)

    @cached_property
    def _waiting(self) -> set[str]:
        try:
            return set(self._queue.by_subject())
        except UnreadableError as error:
            # What can be sent is sent; each minute's call raises because of the list.
            log.warning(
                "list of waiting records is damaged", extra={"reason": str(error)}
            )
            return set()

    def _redeliver(self, keys: list[str]) -> int:
        """Send one subject's records in order; return how many are left."""
        for number, key in enumerate(keys):
            if monotonic() >= self._end or not self._redelivered(key):
                return len(keys) - number
        return 0

    def _redelivered(self, key: str) -> bool:
        """Send one waiting record; return whether it is done."""
        try:
            self._settle(key)
            self._queue.remove(key)
        except Exception as error:  # noqa: BLE001 - the other subjects still follow
            log.warning("record is still waiting", extra=self._facts(key, error))
            return False
        return True

    def _settle(self, key: str) -> None:
        """Send a waiting record, or make it a dead letter; raises if it must wait."""
        record: Record = {"key": key}
        try:
            image = self._queue.image(key)
            if image is None:
                return
            record = {"eventName": "MODIFY", "dynamodb": {"NewImage": image}}
            for publication in self._wanted(from_image(image)):
                self.publish(publication, is_first=False)
        except Exception as error:
            if may_pass(error):
                raise
            self._give_up(record, error)

    def _count(self, identity: str, *, is_first: bool) -> None:
        try:
            attempts = self._marks.begin(identity)
        except Exception:
            if not is_first:
                raise
            log.exception(
                "publishing attempt was not counted", extra={"publication": identity}
            )
            return
        if attempts > MOST_ATTEMPTS and not self._is_redrive:
            raise RepeatedError(
                f"{identity}: {attempts - 1} attempts have an unknown result;"
                " it may have been sent, and is not sent again"
            )

    def _wanted(self, item: Published) -> list[Publication]:
        """Return what an item has to publish on this route."""
        return [p for p in publications(item) if self.route.wants(p)]

    def _give_up(self, record: Record, error: Exception) -> None:
        """Make a record a dead letter; the reason names the route."""
        send_to_dead_letters(record, f"{self.route.name}: {error!r}", self._letters)

    def _facts(self, subject: str, error: Exception) -> dict[str, str]:
        """Return the fields of a log line about a rejected record."""
        return {"route": self.route.name, "subject": subject, "reason": str(error)}
