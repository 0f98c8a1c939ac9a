"""FanOut: one asynchronous invocation of the probe for each other shard.

In: the function's own name, the number of shards, the minute. Out: invocations, spaced
at random. A shard that cannot be invoked is logged, counted, and sent to the
dead-letter queue; the others go on.
It does not: wait for an invocation to end, or retry one.
Source: AWS Lambda API, `Invoke` with InvocationType `Event` (HTTP 202, queued).
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import uniform
from time import sleep
from typing import Any

from parallax.aws import client
from parallax.model.plain import json_text
from parallax.probe.shard_round import Shard
from parallax.settings import Settings

SPREAD, PAUSE = 2.0, 0.125
"""Seconds over which the invocations are spread, and between two of few shards: the
targets may share a machine. The last shard must begin soon after the first: an agent
sends a second heartbeat if the minute's round is not over (`ingest.next_heartbeat`)."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FanOut:
    """Invokes the function itself; `pause` waits so many seconds.

    `count` gets the number of shards that were not invoked.
    """

    settings: Settings
    count: Callable[[int], None]
    pause: Callable[[float], None] = sleep

    @property
    def has_delay(self) -> bool:
        """Whether the stack has a delay queue."""
        return self.settings.half_minute_queue_url is not None

    def invoke_others(self, own: Shard) -> int:
        """Invoke the probe for each shard but this one; return how many failed."""
        failed = 0
        for number in range(own.of):
            if number == own.number:
                continue
            self.pause(uniform(0, longest_pause(own.of)))  # noqa: S311 - no secret
            failed += not self._invoke(event_of(replace(own, number=number)))
        if failed:
            self.count(failed)
        return failed

    def later(self, own: Shard, seconds: float) -> None:
        """Probe this shard's targets with an interval of 30 s again, so much later.

        Raises botocore's error if the delay queue does not take the message.
        """
        client("sqs").send_message(
            QueueUrl=self.settings.need("half_minute_queue_url"),
            MessageBody=json_text(event_of(own) | {"half": True}),
            DelaySeconds=max(0, round(seconds)),
        )

    def _invoke(self, event: dict[str, Any]) -> bool:
        """Invoke the function with this event; return whether Lambda took it."""
        try:
            client("lambda").invoke(
                FunctionName=self.settings.need("function_name"),
                InvocationType="Event",
                Payload=json.dumps(event).encode(),
            )
        except Exception as error:
            reason = f"shard was not invoked: {type(error).__name__}: {error}"
            log.exception("shard was not invoked", extra={"event": event})
            self._letter(event, reason)
            return False
        return True

    def _letter(self, event: dict[str, Any], reason: str) -> None:
        from parallax.stream import (  # noqa: PLC0415 - Powertools' batches, for a failure only
            send_to_dead_letters,
        )

        try:
            send_to_dead_letters(event, reason, self.settings.dead_letters_url)
        except Exception:
            log.exception("dead letter was not sent", extra={"event": event})


def longest_pause(of: int) -> float:
    """Return the most seconds between the invocations of two of so many shards."""
    return 2 * min(PAUSE, SPREAD / of)


def event_of(shard: Shard) -> dict[str, Any]:
    """Return the event that invokes the probe for this shard."""
    return {"shard": shard.number, "of": shard.of, "minute": shard.minute}
