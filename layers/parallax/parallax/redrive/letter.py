"""Letter: the form of a message in a dead-letter queue, and the event to replay.

In: the body and attributes of an SQS message, or the text of an object in S3.
Out: a `Letter`; one that cannot be replayed has a reason.
It does not: call AWS, raise for any input, or decide what to delete.
Sources: AWS Lambda Developer Guide, "Retain discarded records for a DynamoDB event
source" and "Capturing records of Lambda asynchronous invocations"; EventBridge
Scheduler User Guide, "Configuring a schedule's dead-letter queue"; Amazon S3 User
Guide, "Event message structure".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple, cast
from urllib.parse import unquote_plus

SQS = "aws:sqs"
"""The source of a record of a queue."""
LAMBDA_ARN_PARTS = 7
"""`arn:aws:lambda:<region>:<account>:function:<name>`, with or without a qualifier."""


class Form(StrEnum):
    """Which service wrote the letter, and its content."""

    SET_ASIDE = "set aside"
    """By a function of Parallax: one record of a stream or queue, and the reason."""
    STORED = "stored"
    """By S3: the name of an object that contains a discarded batch."""
    DISCARDED = "discarded"
    """By Lambda, in S3: a batch of a stream that it discarded."""
    POINTER = "pointer"
    """By Lambda, in SQS: the position of the discarded batch in its stream."""
    ASYNCHRONOUS = "asynchronous"
    """By Lambda: the event of an asynchronous invocation that failed."""
    SCHEDULE = "schedule"
    """By EventBridge Scheduler: the event that it could not deliver."""
    TEST = "test message"
    """By S3, once, when the notification is configured; it has no event."""
    UNKNOWN = "unknown"


class StoredObject(NamedTuple):
    """The location of a discarded batch in S3."""

    bucket: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter: an event to replay, or objects that contain it, or a problem.

    `function` is the name of the letter's Lambda function; None: the letter names
    none. In an earlier version's queue it then belongs to the step of that queue. A
    letter of the form TEST has none of the three.
    """

    form: Form
    reason: str = ""
    function: str | None = None
    event: Mapping[str, Any] | None = None
    objects: tuple[StoredObject, ...] = ()
    problem: str | None = None


def read_message(body: str, attributes: Mapping[str, str]) -> Letter:
    """Read a message of a dead-letter queue.

    `attributes` are its message attributes of type String, by name.
    """
    document = _json(body)
    if "SCHEDULE_ARN" in attributes:
        return _schedule(document, attributes)
    for read in (_left_out, _notification, _test, _invocation):
        if letter := read(document):
            return letter
    return _unknown("it is not JSON" if document is None else "its form is unknown")


def read_object(text: str) -> Letter:
    """Read an object of the bucket: a batch with its payload."""
    return _invocation(_json(text)) or _unknown(
        "the object contains no discarded batch"
    )


def function_name(arn: object) -> str | None:
    """Return the function's name in its ARN, with or without a qualifier."""
    parts = arn.split(":") if isinstance(arn, str) else []
    is_lambda = len(parts) >= LAMBDA_ARN_PARTS and parts[2] == "lambda"
    return parts[6] if is_lambda else None


def _left_out(document: object) -> Letter | None:
    """Read `{"reason", "function", "record"}`, as `parallax.stream` writes it.

    Letters of an earlier version have no `function`.
    """
    reason, record = _at(document, "reason"), _at(document, "record")
    if not isinstance(reason, str) or record is None:
        return None
    named = _at(document, "function")
    function = named if isinstance(named, str) else None
    letter = Letter(form=Form.SET_ASIDE, reason=reason, function=function)
    if _at(record, "dynamodb") is None and _at(record, "eventSource") != SQS:
        problem = "it contains no record of a stream or queue and can only be read"
        return replace(letter, problem=problem)
    return replace(letter, event={"Records": [record]})


def _notification(document: object) -> Letter | None:
    """Read the names of new objects; S3 encodes keys as in a URL's query."""
    records = _at(document, "Records")
    if not isinstance(records, list) or not records:
        return None
    objects: list[StoredObject] = []
    for record in cast("list[object]", records):
        bucket = _at(record, "s3", "bucket", "name")
        key = _at(record, "s3", "object", "key")
        if not isinstance(bucket, str) or not isinstance(key, str):
            return None
        objects.append(StoredObject(bucket, unquote_plus(key)))
    return Letter(form=Form.STORED, objects=tuple(objects))


def _test(document: object) -> Letter | None:
    if _at(document, "Event") != "s3:TestEvent":
        return None
    return Letter(form=Form.TEST, reason="S3 tested the notification")


def _invocation(document: object) -> Letter | None:
    """Read Lambda's invocation record: of a stream's batch, or of one event."""
    function = function_name(_at(document, "requestContext", "functionArn"))
    reason = _reason(document)
    if _at(document, "DDBStreamBatchInfo") is not None:
        return _batch(_at(document, "payload"), function, reason)
    event = _at(document, "requestPayload")
    if event is None:
        return None
    letter = Letter(form=Form.ASYNCHRONOUS, reason=reason, function=function)
    return _with_event(letter, event)


def _batch(payload: object, function: str | None, reason: str) -> Letter:
    """Read a discarded batch; in S3 the event is text, in SQS it is absent."""
    if payload is None:
        return Letter(
            form=Form.POINTER,
            reason=reason,
            function=function,
            problem="it has a position in the stream instead of the records",
        )
    event = _json(payload) if isinstance(payload, str) else payload
    letter = Letter(form=Form.DISCARDED, reason=reason, function=function)
    return _with_event(letter, event)


def _schedule(document: object, attributes: Mapping[str, str]) -> Letter:
    """Read the event of a schedule; the attributes have the error."""
    reason = f"{attributes.get('ERROR_CODE')}: {attributes.get('ERROR_MESSAGE')}"
    function = function_name(attributes.get("TARGET_ARN"))
    letter = Letter(form=Form.SCHEDULE, reason=reason, function=function)
    return _with_event(letter, document)


def _with_event(letter: Letter, event: object) -> Letter:
    """Return the letter with its event, or with the reason why it has none."""
    form, reason, function = letter.form, letter.reason, letter.function
    if isinstance(event, dict):
        fields = cast("dict[str, Any]", event)
        return Letter(form=form, reason=reason, function=function, event=fields)
    problem = "its event is not a JSON object"
    return Letter(form=form, reason=reason, function=function, problem=problem)


def _unknown(problem: str) -> Letter:
    return Letter(form=Form.UNKNOWN, problem=problem)


def _reason(document: object) -> str:
    """Return Lambda's condition, and the function's error if the letter has it."""
    parts = (
        _at(document, "requestContext", "condition"),
        _at(document, "responsePayload", "errorType"),
        _at(document, "responsePayload", "errorMessage"),
    )
    return ": ".join(part for part in parts if isinstance(part, str))


def _at(document: object, *path: str) -> object:
    """Return the value at a path of keys; None if one is missing."""
    value = document
    for key in path:
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, object]", value).get(key)
    return value


def _json(text: str) -> object:
    """Return the value of a JSON text; None for other text, or deep nesting."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
