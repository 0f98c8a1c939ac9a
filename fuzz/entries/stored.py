"""Stored: records of the tables' streams, and letters of the dead-letter queues.

In: recorded observations as stream records. Out: the entries of `diagnose`, `notify`
and `parallax redrive`. It does not: call AWS.
"""

import base64
import json

from fuzz.entries.recorded import dumped, snapshots
from fuzz.entry import Entry, Kind
from parallax.incidents.items import unpacked
from parallax.journal.observation import Item, from_image, to_item
from parallax.journal.rounds import is_round, read_round
from parallax.model.finding import Incident
from parallax.model.packed import UnreadableError
from parallax.redrive.letter import read_message, read_object


def _image(item: Item) -> Item:
    payload = item["payload"]["B"]
    assert isinstance(payload, bytes)  # noqa: S101 - for the type checker
    return item | {"payload": {"B": base64.b64encode(payload).decode()}}


def _records() -> list[bytes]:
    found = [s.run for s in snapshots()[:4] if s.run]
    readings = [s.balancer for s in snapshots()[:4] if s.balancer]
    reports = [s.reports[0] for s in snapshots()[:4] if s.reports]
    return [dumped(_image(to_item(one))) for one in (*found, *readings, *reports)]


def _observe(data: bytes) -> None:
    image = json.loads(data)
    if is_round(image):
        read_round(image)
    from_image(image)


def _payload(data: bytes) -> None:
    image = {"kind": {"S": "run"}, "payload": {"B": base64.b64encode(data).decode()}}
    from_image(image)


def _incident(data: bytes) -> None:
    unpacked(Incident, json.loads(data))


def _raw() -> list[bytes]:
    images = [json.loads(record) for record in _records()[:6]]
    return [base64.b64decode(image["payload"]["B"]) for image in images]


def _letter(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    read_message(text, {})
    read_message(text, {"SCHEDULE_ARN": "a", "ERROR_CODE": "b"})
    read_object(text)


def _letters() -> list[bytes]:
    record = {"eventName": "INSERT", "dynamodb": {"NewImage": {}}}
    batch = {"shardId": "s", "startSequenceNumber": "1", "streamArn": "arn:a:b"}
    context = {"functionArn": "arn:aws:lambda:eu:1:function:f:$LATEST"}
    return [
        dumped({"reason": "x", "function": "f", "record": record}),
        dumped({"requestContext": context, "DDBStreamBatchInfo": batch}),
        dumped({"requestContext": context, "payload": {"Records": [record]}}),
        dumped({"Type": "Notification", "Message": "{}", "TopicArn": "arn:t"}),
        dumped(
            {"Records": [{"s3": {"bucket": {"name": "b"}, "object": {"key": "k"}}}]}
        ),
    ]


BAD_JSON = (json.JSONDecodeError, UnicodeDecodeError, RecursionError, UnreadableError)
ENTRIES = (
    Entry(
        name="stream-record",
        seeds=_records,
        call=_observe,
        allowed=BAD_JSON,
        kind=Kind.JSON,
    ),
    Entry(name="stream-payload", seeds=_raw, call=_payload, allowed=(UnreadableError,)),
    Entry(
        name="incident-item",
        seeds=_records,
        call=_incident,
        allowed=BAD_JSON,
        kind=Kind.JSON,
    ),
    Entry(name="dead-letter", seeds=_letters, call=_letter, kind=Kind.JSON, share=30),
)
