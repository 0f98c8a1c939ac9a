"""Table: DynamoDB and Secrets Manager for `ingest`, at botocore's HTTP layer.

In: requests as botocore would send them. Out: responses, also throttles; what is
stored, for an observer that does not trust the function.
It does not: know a request that `ingest` does not send; it raises.
Sources: Amazon DynamoDB, "Quotas" and "On-demand capacity mode": 1,000 write units a
second for each partition key, 4,000 for a new table.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.handlers import BUILTIN_HANDLERS

from bench.cost.counter import WAIT
from bench.cost.template import GIVEN
from chaos.answers import raw, refusal
from parallax.journal.round_times import ROUNDS

PARTITION, TABLE = 1_000, 4_000
"""Write units a second."""
type Json = dict[str, Any]
type Key = tuple[str, str, str]


class Aws:
    """The services; `now` returns the simulated second."""

    def __init__(self, now: Callable[[], float], limit: int = PARTITION) -> None:
        self.items: dict[Key, Json] = {}
        self.rounds: list[Json] = []
        """The last rounds of the probes, as `ingest` reads them."""
        self.open: list[Json] = []
        """The open incidents, as the index has them."""
        self.writes: Counter[Key] = Counter()
        self.throttled = 0
        self.older = 0
        """Writes that are not newer than what is stored."""
        self.waited = 0.0
        """Milliseconds that the requests of the present invocation waited."""
        self._now, self._limit = now, limit
        self._second = -1
        self._units: Counter[str] = Counter()
        BUILTIN_HANDLERS.insert(0, ("before-send", self._send))

    def close(self) -> None:
        """Take no more requests."""
        BUILTIN_HANDLERS.remove(("before-send", self._send))

    def _send(
        self, event_name: str, request: AWSPreparedRequest, **_: object
    ) -> AWSResponse:
        service, operation = event_name.split(".")[1:3]
        if service == "secrets-manager":
            return self._json(request, {"SecretString": _secret(), "Name": "s"})
        self.waited += WAIT[f"DynamoDB.{operation}"]
        body = json.loads(request.body or "{}")
        match operation:
            case "PutItem":
                return self._put(request, body)
            case "UpdateItem":
                key = (body["TableName"], *_key(body["Key"]))
                return self._write(request, key, lambda: key in self.items)
            case "BatchGetItem":
                return self._json(request, self._batch(body))
            case "Query":
                return self._json(request, self._query(body))
            case _:
                raise NotImplementedError(f"ingest sends no {operation}")

    def _put(self, request: AWSPreparedRequest, body: Json) -> AWSResponse:
        item = body["Item"]
        key = (body["TableName"], *_key(item))
        old = self.items.get(key)

        def store() -> bool:
            if old is not None and not _replaces(old, body):
                return False
            self.items[key] = item
            self.writes[key] += 1
            return True

        return self._write(request, key, store, size=len(request.body or b""))

    def _write(
        self,
        request: AWSPreparedRequest,
        key: Key,
        store: Callable[[], bool],
        size: int = 1,
    ) -> AWSResponse:
        second, units = int(self._now()), -(-size // 1024)
        if second != self._second:
            self._second = second
            self._units.clear()
        used = self._units[key[1]] + units > self._limit
        if used or self._units[""] + units > TABLE:
            self.throttled += 1
            return refusal(request, "dynamodb", "throttled")
        self._units[key[1]] += units
        self._units[""] += units
        if store():
            return self._json(request, {})
        self.older += key[2].startswith(("heartbeat#", "latest#"))
        code = "ConditionalCheckFailedException"
        fields = {"__type": f"com.amazonaws#{code}", "message": "not met"}
        return raw(
            request, 400, json.dumps(fields).encode(), {"x-amzn-errortype": code}
        )

    def _batch(self, body: Json) -> Json:
        found = {
            table: [
                self.items[table, *_key(key)]
                for key in wanted["Keys"]
                if (table, *_key(key)) in self.items
            ]
            for table, wanted in body["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def _query(self, body: Json) -> Json:
        values = body.get("ExpressionAttributeValues", {}).values()
        items = self.rounds if {"S": ROUNDS} in values else self.open
        return {"Items": items, "Count": len(items), "ScannedCount": len(items)}

    def _json(self, request: AWSPreparedRequest, body: Json) -> AWSResponse:
        return raw(request, 200, json.dumps(body).encode())


def _key(item: Json) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _replaces(old: Json, body: Json) -> bool:
    """Say whether a put's condition holds for the stored item."""
    condition = body.get("ConditionExpression", "")
    given = body.get("ExpressionAttributeValues", {})
    if condition == "attribute_not_exists(pk)":
        return False
    if ":renew" in given:
        return float(old["expires_at"]["N"]) < float(given[":renew"]["N"])
    received, sent = given[":received"]["S"], given[":sent"]["S"]
    before = old.get("sent_at", {"S": ""})["S"]
    newer = before < sent or (
        before != sent and old["received_at"]["S"] < given[":missed"]["S"]
    )
    return old["received_at"]["S"] <= received and newer


def _secret() -> str:
    return json.dumps({"agent_key": GIVEN["AgentKey"]})
