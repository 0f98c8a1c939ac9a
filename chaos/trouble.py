"""Trouble: what goes wrong by the minute: poison in a table, a service that is down.

In: a case. Out: items and records that nobody can read; outages of minutes.
It does not: happen at a request; `chaos.cloud` does that.
"""

from typing import TYPE_CHECKING, Any

import boto3

from chaos import kinds
from chaos.cloud import Outage
from chaos.ledger import CHAT, MAIL, QUEUE
from chaos.stack import ROUTES

if TYPE_CHECKING:
    from chaos.case import Case

GARBAGE = "bm90IGd6aXA="
MARK = "chaos-poison"
DOWN = (
    ("ProbeFunction", "dynamodb"),
    ("InspectFunction", "dynamodb"),
    ("IngestFunction", "dynamodb"),
    ("IngestFunction", "secrets-manager"),
    ("DiagnoseFunction", "dynamodb"),
    ("DiagnoseFunction", "s3"),
    ("ReportFunction", "dynamodb"),
    ("ReportFunction", "s3"),
    ("ProbeFunction", "lambda"),
    ("NotifyFunction", "dynamodb"),
    ("NotifyFunction", "sns"),
    ("PublishFunction", "dynamodb"),
    ("PublishFunction", "sns"),
    ("RoutesFunction", "dynamodb"),
    ("RoutesFunction", "sqs"),
    ("RoutesFunction", "secrets-manager"),
)
"""Which service can refuse which function."""
CHANNELS = (
    ("NotifyFunction", "sns", "AlertsTopic"),
    ("NotifyFunction", "sns", "ChatTopicForQ"),
    ("PublishFunction", "sns", "FindingsTopic.fifo"),
    ("RoutesFunction", "sqs", "RoutesQueue.fifo"),
)
"""The topics and queues that can refuse all messages, each alone."""
REFUSALS = ("denied", "throttled", "error-before", "timeout-before")


class Trouble:
    """The trouble of one case."""

    def __init__(self, case: "Case") -> None:
        self._case = case

    def minute(self) -> None:
        """Maybe begin one."""
        case = self._case
        possible: tuple[str, ...] = kinds.STEPS["minute"]
        if case.only:
            possible = ("garbage-record", "garbage-item")
        if case.channel is not None:
            possible = ("outage-channel",)
        kind = case.dice.roll("minute", "minute", possible)
        if kind is None:
            return
        if kind.startswith("outage"):
            self._outage(kind.removeprefix("outage-"))
        else:
            self._poison(kind)

    def _outage(self, kind: str) -> None:
        case, step = self._case, self._case.dice.step
        until = case.clock.seconds + 60.0 + step * 13 % 900
        if kind == "receiver":
            name = list(ROUTES)[step % len(ROUTES)]
            case.receivers.down[name] = until + 900.0
            return
        if kind == "channel":
            number = step if case.channel is None else case.channel
            number %= len(CHANNELS) + len(ROUTES)
            if number >= len(CHANNELS):
                case.receivers.down[list(ROUTES)[number - len(CHANNELS)]] = until + 300
                return
            function, service, key = CHANNELS[number]
            refusal = REFUSALS[step // len(CHANNELS) % len(REFUSALS)]
            case.cloud.outages.append(Outage(function, service, refusal, until, key))
            return
        function, service = DOWN[step % len(DOWN)]
        whole = {"error": "error-before", "timeout": "timeout-before"}.get(kind, kind)
        case.cloud.outages.append(Outage(function, service, whole, until))

    def _poison(self, kind: str) -> None:
        case, step = self._case, self._case.dice.step
        names = [f.target for f in case.world.failures]
        name = case.only or names[step % len(names)]
        broken = {"payload": {"B": GARBAGE}, "chaos": {"S": MARK}}
        match kind:
            case "foreign-record":
                item: dict[str, Any] = {"pk": {"S": MARK}, "sk": {"S": f"{step}"}}
                self._offer("Journal", item)
            case "garbage-record":
                key = {"pk": {"S": name}, "version": {"N": "1"}}
                self._offer("Incidents", {**key, "kind": {"S": "incident"}, **broken})
                sort = {"pk": {"S": name}, "sk": {"S": f"latest#{MARK}/{step}"}}
                outcome = {"outcome": {"S": "reported"}, "kind": {"S": "latest"}}
                self._offer("Journal", {**sort, **outcome, **broken})
            case "garbage-item":
                self._spoil("Incidents", {"pk": {"S": name}})
            case _:
                self._spoil("Journal", {"pk": {"S": "#rounds"}, "sk": {"S": "0"}})

    def _offer(self, table: str, item: dict[str, Any]) -> None:
        case = self._case
        record = case.records.record(table, item, case.clock.seconds)
        case.streams.offer(table, record)

    def _spoil(self, table: str, key: dict[str, Any]) -> None:
        """Make an item's payload unreadable, if the item is there."""
        dynamodb = boto3.client("dynamodb")
        item = dynamodb.get_item(TableName=table, Key=key).get("Item")
        if item and "payload" in item:
            item["payload"] = {"B": b"not gzip"}
            item["chaos"] = {"S": MARK}
            with self._case.gate.quiet():
                dynamodb.put_item(TableName=table, Item=item)


def concerned(channel: int) -> frozenset[str]:
    """Return the channels that an outage of one concerns: those behind it too."""
    number = channel % (len(CHANNELS) + len(ROUTES))
    if number >= len(CHANNELS):
        return frozenset({list(ROUTES)[number - len(CHANNELS)]})
    behind = ({MAIL}, {CHAT}, {QUEUE, *ROUTES}, {*ROUTES})
    return frozenset(behind[number])
