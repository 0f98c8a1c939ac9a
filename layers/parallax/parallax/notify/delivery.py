"""Delivery: publications go out over one route, in order for each subject.

In: stream records of the incidents table; once a minute, what waits. Out: messages on
the route; records that it refuses for now wait in the table, those that it refuses for
good go to the dead-letter queue.
It does not: hold up other subjects or other routes for one that is refused. A record
fails, so that Lambda sends it again, only when the table itself cannot be used.
"""

import logging
from contextlib import suppress
from functools import cached_property
from random import shuffle
from time import monotonic

from parallax.aws import may_pass
from parallax.incidents.advice import from_image
from parallax.model.advice import AdviceRecord
from parallax.model.finding import Incident
from parallax.notify.marks import Marks
from parallax.notify.publication import Publication, is_new, publications
from parallax.notify.routes import Route
from parallax.notify.waiting import Waiting
from parallax.stream import Record, bury

SEND_SECONDS = 12.0
"""After these seconds of an invocation nothing is begun: one more attempt of 12 seconds
and the table's answers still fit into the function's 30."""
MOST_ATTEMPTS = 2
"""Attempts whose end is not known, e.g. since the function was ended: one message more
than there should be, at most."""
log = logging.getLogger(__name__)


class StillWaitingError(RuntimeError):
    """Records wait for a route; raised so that Lambda's error count tells of it."""


class RepeatedError(RuntimeError):
    """A publication may have gone out as often as is tolerable."""


class Delivery:
    """One route during one invocation.

    `is_redrive`: somebody replays dead letters, and wants them sent however often that
    was tried.
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

    def deliver(self, record: Record, item: Incident | AdviceRecord) -> None:
        """Publish what a record of the stream brings, or let it wait.

        Raises only if the table cannot be read or written; then the subject's later
        records in this invocation are not sent either, so that none overtakes it.
        """
        subject = item.subject
        if subject in self._failed:
            raise StillWaitingError(f"an earlier record of {subject} has to come first")
        try:
            self._deliver(record, item)
        except Exception:
            self._failed.add(subject)
            raise

    def deliver_waiting(self) -> None:
        """Send what waits; raises `StillWaitingError` if some of it still does.

        Each subject stops at its first refusal. The order of subjects is random, so
        that one whose messages take all the time cannot do so every minute.
        """
        waiting = self._queue.by_subject()
        subjects = list(waiting)
        shuffle(subjects)
        left = sum(self._redeliver(waiting[subject]) for subject in subjects)
        if left:
            raise StillWaitingError(
                f"{left} records wait for the {self.route.name} to accept messages"
            )

    def publish(self, publication: Publication, *, is_first: bool = True) -> None:
        """Send one publication unless it went out before; raises what refuses it.

        `is_first`: this is the first try, after which nobody repeats it. Otherwise an
        attempt that cannot be counted is not made.
        """
        identity = publication.id
        if self._marks.has(identity):
            return
        self._count(identity, is_first=is_first)
        try:
            self.route.send(publication)
        except Exception:
            with suppress(Exception):
                self._marks.refused(identity)
            raise
        self.sent.append(identity)
        self._marks.remember(identity)
        try:
            self._marks.done(identity)
        except Exception:
            # It went out. Failing now would only send it again.
            log.exception(
                "mark of a publication was not written", extra={"publication": identity}
            )

    def _deliver(self, record: Record, item: Incident | AdviceRecord) -> None:
        wanted = [p for p in publications(item) if self.route.wants(p)]
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
        except Exception as error:  # noqa: BLE001 - every refusal ends in one of two places
            self._refuse(record, item, error)

    def _refuse(
        self, record: Record, item: Incident | AdviceRecord, error: Exception
    ) -> None:
        log.warning("record was refused", extra=self._facts(item.subject, error))
        if not is_new(item):
            return  # the version that brought it waits, went out, or is a dead letter
        if may_pass(error):
            self._wait(record, item.subject)
        else:
            bury(record, f"{self.route.name}: {error!r}", self._letters)

    def _wait(self, record: Record, subject: str) -> None:
        self._queue.add(subject, record)
        self._waiting.add(subject)

    @cached_property
    def _waiting(self) -> set[str]:
        return set(self._queue.by_subject())

    def _redeliver(self, keys: list[str]) -> int:
        """Send one subject's records in order; return how many are left."""
        for number, key in enumerate(keys):
            if monotonic() >= self._end or not self._redelivered(key):
                return len(keys) - number
        return 0

    def _redelivered(self, key: str) -> bool:
        """Send one record that waits; return whether it waits no more."""
        try:
            image = self._queue.image(key)
            if image is not None:
                self._settle({"eventName": "MODIFY", "dynamodb": {"NewImage": image}})
            self._queue.remove(key)
        except Exception as error:  # noqa: BLE001 - the other subjects have their turn
            log.warning("record still waits", extra=self._facts(key, error))
            return False
        return True

    def _settle(self, record: Record) -> None:
        """Send a record that waited, or bury it; raises if it has to wait longer."""
        try:
            item = from_image(record["dynamodb"]["NewImage"])
            for publication in publications(item):
                if self.route.wants(publication):
                    self.publish(publication, is_first=False)
        except Exception as error:
            if may_pass(error):
                raise
            bury(record, f"{self.route.name}: {error!r}", self._letters)

    def _count(self, identity: str, *, is_first: bool) -> None:
        try:
            attempts = self._marks.begin(identity)
        except Exception:
            if not is_first:
                raise
            log.exception(
                "attempt to publish was not counted", extra={"publication": identity}
            )
            return
        if attempts > MOST_ATTEMPTS and not self._is_redrive:
            raise RepeatedError(
                f"{identity}: {attempts - 1} attempts have an unknown end;"
                " it may have gone out and is not sent again"
            )

    def _facts(self, subject: str, error: Exception) -> dict[str, str]:
        """Return the fields of a log line about a refusal."""
        return {"route": self.route.name, "subject": subject, "reason": str(error)}
