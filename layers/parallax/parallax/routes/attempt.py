"""Attempt: one delivery of an alert to one receiver.

In: a notice, the name of a receiver. Out: the request is sent and marked; or an error
that says whether the message shall wait, or is a dead letter. An alert that is older
than what the receiver has is dropped if it would open a closed alert again.
It does not: decide when the next attempt is; the queue's visibility timeout does.

A receiver that did not answer may have the alert. One that keeps alerts gets it again;
a chat at most once more.
"""

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from parallax.aws import secret_fields
from parallax.notify.marks import Marks
from parallax.routes.kinds import KINDS
from parallax.routes.newest import Newest
from parallax.routes.notice import Notice
from parallax.routes.request import PlaceError
from parallax.routes.sending import RejectedError, UnavailableError, send
from parallax.settings import Settings

MOST_ATTEMPTS = 2
"""Attempts with an unknown result, for a receiver that shows each of them."""
LONGEST = timedelta(hours=12)
"""How long a receiver may fail before its alerts become dead letters."""
log = logging.getLogger(__name__)


class Attempts:
    """The deliveries of one invocation.

    `is_redrive`: an operator replays dead letters; age and earlier attempts do not
    count.
    """

    def __init__(self, settings: Settings, *, is_redrive: bool = False) -> None:
        self._settings = settings
        self._is_redrive = is_redrive

    def deliver(self, name: str, notice: Notice, queued_at: datetime) -> None:
        """Send an alert unless it was sent before.

        Raises `RejectedError` if it becomes a dead letter. Any other error may pass:
        `UnavailableError`, AWS's errors.
        """
        marks = Marks(self._settings.need("incidents_table"), name)
        if marks.read(notice.id).is_sent or self._is_outdated(name, notice):
            return
        self.check_age(notice.now - queued_at, "the receiver did not accept it")
        self._count(marks, name, notice.id)
        try:
            send_to(name, notice, self._settings)
        except Exception as error:
            is_unknown = isinstance(error, UnavailableError) and error.is_unknown
            if not is_unknown:
                with suppress(Exception):
                    marks.withdraw(notice.id)
            raise
        marks.remember(notice.id)
        try:
            marks.done(notice.id)
            if KINDS[name].keeps_open:
                self._newest(name).sent(notice.group, notice.number)
        except Exception:
            # It was sent. Failing now would only send it again.
            log.exception("sent mark was not written", extra={"alert": notice.id})

    def check_age(self, age: timedelta, what: str) -> None:
        """Raise `RejectedError`, which begins with `what`, for one that is too old."""
        if not self._is_redrive and age > LONGEST:
            raise RejectedError(f"{what} for {LONGEST / timedelta(hours=1):g} hours")

    def _is_outdated(self, name: str, notice: Notice) -> bool:
        """Say whether a receiver that keeps an open alert has a newer one."""
        if not KINDS[name].keeps_open:
            return False
        newest = self._newest(name).read(notice.group)
        if notice.number >= newest:
            return False
        facts = {"route": name, "alert": notice.id, "newest": newest}
        log.info("alert was dropped: the receiver has a newer one", extra=facts)
        return True

    def _newest(self, name: str) -> Newest:
        return Newest(self._settings.need("incidents_table"), name)

    def _count(self, marks: Marks, name: str, identity: str) -> None:
        attempts = marks.begin(identity)
        if KINDS[name].keeps_alerts or self._is_redrive or attempts <= MOST_ATTEMPTS:
            return
        with suppress(Exception):
            marks.withdraw(identity)
        raise RejectedError(
            f"{attempts - 1} attempts have an unknown result; the alert may have been"
            " sent, and is not sent again"
        )


def send_to(name: str, notice: Notice, settings: Settings) -> int:
    """Send an alert to a receiver; return the last status of success.

    A request that fails ends it: a retry begins with the first one.

    Raises `RejectedError`, `UnavailableError`, and `SecretError`.
    """
    place = secret_fields(settings.need("routes_secret_arn"))
    try:
        requests = KINDS[name].requests(notice, place)
    except PlaceError as error:
        raise RejectedError(str(error)) from error
    private, status = settings.routes_allow_private, 0
    known = tuple(place.values())
    for request in requests:
        status = send(replace(request, secrets=known), allow_private=private)
    return status
