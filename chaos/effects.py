"""Effects: what follows from a request that AWS carried out.

In: requests that succeeded, or whose answer was lost. Out: stream records, messages of
topics and queues; entries of the ledger.
It does not: carry out a request.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from chaos.call import Call
from chaos.ledger import Ledger
from chaos.queue import FifoQueue
from chaos.records import Records
from chaos.streams import Streams
from chaos.topics import Topics, identified

DIAGNOSE = "DiagnoseFunction"


@dataclass
class Effects:
    """The effects of one case; `now` is the second of the case."""

    now: Callable[[], float]
    ledger: Ledger
    records: Records
    streams: Streams
    topics: Topics
    routes: FifoQueue

    def happened(self, call: Call, body: Mapping[str, Any]) -> None:
        """Note a request that AWS carried out; `body` is the part that it did."""
        if call.service == "dynamodb":
            for table, record in self.records.of(call.operation, body, self.now()):
                if table == "Incidents":
                    self.ledger.wrote(record["dynamodb"]["NewImage"], self.now())
                self.streams.offer(table, record)
            self._noted(call, body)
        elif call.operation == "Publish":
            self.topics.published(body)
        elif call.operation == "SendMessageBatch":
            for entry in body["Entries"]:
                self._copied(entry)

    def lost(self, call: Call) -> None:
        """Note a request whose answer the function did not get."""
        if call.operation == "Publish":
            self.ledger.lost(identified(call.body))

    def _copied(self, entry: Mapping[str, Any]) -> None:
        given = {
            name: {"stringValue": v["StringValue"], "dataType": v["DataType"]}
            for name, v in entry.get("MessageAttributes", {}).items()
        }
        self.routes.send(
            entry["MessageBody"],
            entry["MessageGroupId"],
            entry["MessageDeduplicationId"],
            given,
        )

    def _noted(self, call: Call, body: Mapping[str, Any]) -> None:
        """Note a mark of what was sent, and a judgement that reads reports."""
        if call.operation == "UpdateItem" and call.key.startswith("published/"):
            if "REMOVE #attempts" in body["UpdateExpression"]:
                route = body["ExpressionAttributeNames"]["#route"]
                self.ledger.marked(route, call.key.removeprefix("published/"))
        elif call.operation == "Query" and call.function == DIAGNOSE:
            first = body.get("ExpressionAttributeValues", {}).get(":first", {})
            if str(first.get("S", "")).startswith("latest#"):
                self.ledger.looked(call.key, self.now())
