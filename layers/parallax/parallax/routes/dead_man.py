"""Dead man: the stack's own heartbeat, a GET to an outside dead-man's switch.

In: settings with the secret's ARN, after a minute's run that left nothing waiting.
Out: one request, if every shard of the probe stored a round in the last minutes.
It does not: raise, retry, log the URL, or say that `diagnose` judges.
"""

import logging
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast

from parallax.aws import secret
from parallax.journal.round_times import RoundTimes, read_round_times
from parallax.settings import Settings

FIELD = "heartbeat_url"
"""Of the stack's secret."""
FRESH = timedelta(minutes=5)
"""A shard stores a round each minute; some may be late without being lost."""
NEEDED_MILLISECONDS = 15_000
"""Left for the function; a request takes at most 8 s, the reads a few more."""
log = logging.getLogger(__name__)


class Invocation(Protocol):
    """What Lambda's context says of the time that is left."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""
        ...


def beat(settings: Settings, context: object) -> bool:
    """Send the heartbeat; return whether the switch accepted it.

    Every failure is logged and kept here: the switch tells people by its silence.
    """
    if settings.heartbeat_secret_arn is None:
        return False
    try:
        if (
            cast("Invocation", context).get_remaining_time_in_millis()
            < NEEDED_MILLISECONDS
        ):
            return _withheld("too little time is left")
        times = read_round_times(settings.need("journal_table"))
        if not is_probing(times, datetime.now(UTC)):
            return _withheld("not every shard of the probe has a new round")
        _send(secret(settings.heartbeat_secret_arn, FIELD))
    except Exception as error:  # noqa: BLE001 - a heartbeat must not fail a delivery
        # Only the kind: another library's text may quote the URL.
        return _withheld(type(error).__name__)
    return True


def is_probing(times: Collection[RoundTimes], now: datetime) -> bool:
    """Say whether each current shard ended a round within `FRESH`; False for none."""
    newest = max(times, key=lambda one: one.ended_at, default=None)
    if newest is None:
        return False
    fresh = {one.shard for one in times if abs(now - one.ended_at) <= FRESH}
    return set(range(newest.of)) <= fresh


def _send(url: str) -> None:
    """Send a GET to a public https address; raises what `send` raises."""
    # It brings httpx; a stack without a switch must not pay for it.
    from parallax.routes.request import Request  # noqa: PLC0415 - see above
    from parallax.routes.sending import send  # noqa: PLC0415 - see above

    send(Request(url=url, body=b"", method="GET"))


def _withheld(reason: str) -> bool:
    log.warning("heartbeat not sent", extra={"reason": reason})
    return False
