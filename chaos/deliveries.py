"""Deliveries: batches of streams and messages of the queue, with their faults.

In: batches and messages that are due. Out: invocations, once, twice, late or with a
wrong clock; which alert goes to which receiver, for the ledger.
It does not: decide when a batch is due; `chaos.streams` and `chaos.queue` do.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chaos import kinds
from chaos.cloud import names_only
from chaos.dice import Dice
from chaos.fatal import FUNCTIONS, Fatal
from chaos.ledger import Ledger
from chaos.platform import Platform, Result
from chaos.queue import Message
from chaos.receivers import Receivers
from chaos.records import Record
from chaos.streams import Batch, Done, Shard

ROUTES = "RoutesFunction"


@dataclass
class Deliveries:
    """The deliveries of a case; `only`: faults concern this target alone."""

    platform: Platform
    dice: Dice
    ledger: Ledger
    only: str | None
    others: tuple[str, ...]
    fatal: Fatal
    receivers: Receivers | None = None
    _alert: str = ""

    def invoke(
        self,
        name: str,
        event: Mapping[str, Any],
        kind: str | None,
        records: list[Record] | None = None,
    ) -> Result:
        """Invoke a function; `records` are those that it may report as failed."""
        step, skew = self.dice.step, 0.0
        if kind == "skewed":
            skew = (-1) ** step * (1.0 + step % 20)
        if kind == "jumped":
            skew = (-1) ** step * (60.0 + step * 7 % 540)
        if name == ROUTES:
            self._present(event)
        result = self.platform.invoke(name, event, skew=skew, ends=kind == "late-end")
        failing = _failing(result, records or [])
        self.ledger.ended(failing, succeeded=not result.error)
        return result

    def batch(self, shard: Shard, records: list[Record]) -> Done:
        """Deliver a batch of a stream."""
        name = shard.rules.function
        possible: tuple[str, ...] = kinds.DELIVERY
        if self.only:  # a shard that waits concerns all of its targets
            possible = ("twice", "late-end")
        if not self._concerns(json.dumps([r["dynamodb"]["Keys"] for r in records])):
            possible = ()
        if possible and name in FUNCTIONS:
            possible = (*possible, *kinds.FATAL)
        kind = self.dice.roll("delivery", f"{name}/{shard.rules.table}", possible)
        if kind in kinds.FATAL:
            record = records[self.dice.step % len(records)]
            self.fatal.add(name, record, hangs=kind == "fatal-hang")
        if kind in {"stalled", "delayed"}:
            step = self.dice.step
            wait = 20.0 + step % 280 if kind == "stalled" else 3600.0 + step % 3600
            shard.not_before = self.platform.clock.seconds + wait
            shard.again.appendleft(Batch(records))
            return Done({}, 0.0)
        result = self.invoke(name, {"Records": records}, kind, records)
        if kind == "twice":
            self.invoke(name, {"Records": records}, None, records)
        return Done(None if result.error else result.response, result.seconds)

    def message(self, message: Message) -> tuple[bool, float]:
        """Deliver a message of the queue; return whether it is done, and its time."""
        assert self.receivers is not None  # noqa: S101 - the case sets it
        record = message.record
        route = record["messageAttributes"].get("route", {}).get("stringValue", "")
        self.receivers.concerns = concerned = self._concerns(record["body"])
        possible = kinds.MESSAGE if concerned else ()
        kind = self.dice.roll("message", f"{ROUTES}/{route or 'copy'}", possible)
        result = self.invoke(ROUTES, {"Records": [record]}, kind)
        if kind == "twice":
            self.invoke(ROUTES, {"Records": [record]}, None)
        failed = (result.response or {}).get("batchItemFailures")
        return not result.error and not failed, result.seconds

    def received(self, route: str) -> None:
        """Note that a receiver took the present alert."""
        self.ledger.sent((route, self._alert))
        self.ledger.delivered(route, self._alert, self.platform.clock.seconds)

    def not_known(self, route: str) -> None:
        """Note that nobody knows whether a receiver took the present alert."""
        self.ledger.lost((route, self._alert))

    def _concerns(self, text: str) -> bool:
        return not self.only or names_only(text, self.only, self.others)

    def _present(self, event: Mapping[str, Any]) -> None:
        """Note which alert the routes' function sends to which receiver."""
        assert self.receivers is not None  # noqa: S101 - as above
        record = event["Records"][0]
        given = record["messageAttributes"].get("route", {})
        self.receivers.current = given.get("stringValue", "")
        self._alert = json.loads(record["body"])["id"]


def _failing(result: Result, records: list[Record]) -> set[str]:
    """Return the keys of the records that a response names as failed."""
    response = result.response if isinstance(result.response, dict) else {}
    failed = response.get("batchItemFailures") or ()
    numbers = {one["itemIdentifier"] for one in failed}
    return {
        r["dynamodb"]["Keys"]["pk"]["S"]
        for r in records
        if r["dynamodb"].get("SequenceNumber") in numbers
    }
