"""Letters: every documented form is understood, and no input raises.

The forms are AWS's own examples: AWS Lambda Developer Guide, "Retain discarded records
for a DynamoDB event source" and "Capturing records of Lambda asynchronous invocations";
Amazon S3 User Guide, "Event message structure"; EventBridge Scheduler User Guide,
"Configuring a schedule's dead-letter queue".
"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.redrive.letter import (
    Form,
    Letter,
    StoredObject,
    function_name,
    read_message,
    read_object,
)

RECORD = {
    "eventID": "1",
    "eventName": "INSERT",
    "dynamodb": {"NewImage": {"pk": {"S": "api"}}, "SequenceNumber": "111"},
    "eventSourceARN": "arn:aws:dynamodb:us-east-2:123456789012:table/t/stream/2024",
}
ARN = "arn:aws:lambda:us-east-2:123456789012:function:myfunction"
BATCH: dict[str, Any] = {
    "requestContext": {
        "requestId": "316aa6d0-8154-xmpl-9af7-85d5f4a6bc81",
        "functionArn": ARN,
        "condition": "RetryAttemptsExhausted",
        "approximateInvokeCount": 1,
    },
    "responseContext": {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    },
    "version": "1.0",
    "timestamp": "2019-11-14T00:13:49.717Z",
    "DDBStreamBatchInfo": {
        "shardId": "shardId-00000001573689847184-864758bb",
        "startSequenceNumber": "800000000003126276362",
        "endSequenceNumber": "800000000003126276362",
        "approximateArrivalOfFirstRecord": "2019-11-14T00:13:19Z",
        "approximateArrivalOfLastRecord": "2019-11-14T00:13:19Z",
        "batchSize": 1,
        "streamArn": "arn:aws:dynamodb:us-east-2:123456789012:table/t/stream/2",
    },
}
EVENT = {"Records": [RECORD]}
ASYNCHRONOUS: dict[str, Any] = {
    "version": "1.0",
    "timestamp": "2019-11-14T18:16:05.568Z",
    "requestContext": {
        "requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e",
        "functionArn": f"{ARN}:$LATEST",
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
    },
    "requestPayload": {"sweep": True},
    "responseContext": {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    },
    "responsePayload": {
        "errorMessage": "RequestId: e20195dd Process exited before completing request",
        "errorType": "Runtime.ExitError",
    },
}
NOTIFICATION = {
    "Records": [
        {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "us-west-2",
            "eventTime": "1970-01-01T00:00:00.000Z",
            "eventName": "ObjectCreated:Put",
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "letters",
                "bucket": {"name": "letters", "arn": "arn:aws:s3:::letters"},
                "object": {
                    "key": "aws/lambda/u/shard/2024/06/10/2024-06-10T19.26.16-a%2Bb+c",
                    "size": 1024,
                },
            },
        }
    ]
}
SCHEDULE = {
    "ERROR_CODE": "AWS.Lambda.TooManyRequestsException",
    "ERROR_MESSAGE": "Rate Exceeded.",
    "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
    "RETRY_ATTEMPTS": "0",
    "SCHEDULE_ARN": "arn:aws:scheduler:us-east-2:123456789012:schedule/default/s",
    "TARGET_ARN": ARN,
}


@pytest.mark.parametrize(
    ("named", "function"),
    [({"function": "f"}, "f"), ({"function": None}, None), ({}, None)],
)
def test_a_record_that_our_code_left_out_is_replayed_as_a_batch_of_one(
    named: dict[str, str | None], function: str | None
) -> None:
    """The function gets the stream's event; an earlier version did not name it."""
    letter = read_message(json.dumps({"reason": "odd", "record": RECORD} | named), {})
    assert letter == Letter(
        form=Form.SET_ASIDE, reason="odd", function=function, event=EVENT
    )


def test_a_message_of_a_queue_is_replayed_as_a_batch_of_one() -> None:
    """As the function of the routes sets it aside."""
    record = {"messageId": "m", "body": "{}", "eventSource": "aws:sqs"}
    letter = read_message(
        json.dumps({"reason": "slack: HTTP 404", "record": record}), {}
    )
    assert letter.event == {"Records": [record]}
    assert letter.problem is None


@pytest.mark.parametrize("record", ["too large to be kept", {"item": {"pk": "x"}}])
def test_what_our_code_left_out_without_a_record_is_for_reading(record: Any) -> None:
    """It states why nothing can be replayed."""
    letter = read_message(json.dumps({"reason": "odd", "record": record}), {})
    assert letter.form is Form.SET_ASIDE
    assert letter.reason == "odd"
    assert letter.event is None
    assert (
        letter.problem
        == "it contains no record of a stream or queue and can only be read"
    )


def test_a_batch_in_s3_is_replayed_from_its_payload() -> None:
    """The payload is the whole event, as an escaped JSON string."""
    letter = read_object(json.dumps(BATCH | {"payload": json.dumps(EVENT)}))
    assert letter == Letter(
        form=Form.DISCARDED,
        reason="RetryAttemptsExhausted",
        function="myfunction",
        event=EVENT,
    )


def test_a_pointer_without_its_batch_has_a_problem() -> None:
    """SQS gets no records from Lambda: an older stack's letters."""
    letter = read_message(json.dumps(BATCH), {})
    assert letter.form is Form.POINTER
    assert letter.function == "myfunction"
    assert letter.event is None
    assert letter.problem == "it has a position in the stream instead of the records"


def test_a_notification_names_the_object() -> None:
    """S3 encodes the key as in a URL's query."""
    letter = read_message(json.dumps(NOTIFICATION), {})
    key = "aws/lambda/u/shard/2024/06/10/2024-06-10T19.26.16-a+b c"
    objects = (StoredObject("letters", key),)
    assert letter == Letter(form=Form.STORED, objects=objects)


def test_the_test_message_of_s3_is_known() -> None:
    """S3 sends it when the notification is configured."""
    body = {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": "2014-10-13T15:57:02.089Z",
        "Bucket": "letters",
        "RequestId": "5582815E1AEA5ADF",
        "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE",
    }
    letter = read_message(json.dumps(body), {})
    assert letter == Letter(form=Form.TEST, reason="S3 tested the notification")


def test_an_asynchronous_event_is_replayed_from_its_request() -> None:
    """The reason names what the function raised."""
    letter = read_message(json.dumps(ASYNCHRONOUS), {})
    assert letter == Letter(
        form=Form.ASYNCHRONOUS,
        reason=(
            "RetriesExhausted: Runtime.ExitError: RequestId: e20195dd Process exited"
            " before completing request"
        ),
        function="myfunction",
        event={"sweep": True},
    )


def test_an_event_of_a_schedule_is_its_message_s_body() -> None:
    """The message's attributes have the error."""
    letter = read_message('{"deliver": "waiting"}', SCHEDULE)
    assert letter == Letter(
        form=Form.SCHEDULE,
        reason="AWS.Lambda.TooManyRequestsException: Rate Exceeded.",
        function="myfunction",
        event={"deliver": "waiting"},
    )


@pytest.mark.parametrize(
    ("body", "attributes"),
    [
        ("{", SCHEDULE),
        ("[]", SCHEDULE),
        (json.dumps(ASYNCHRONOUS | {"requestPayload": 1}), {}),
    ],
)
def test_an_event_that_is_no_object_cannot_be_replayed(
    body: str, attributes: dict[str, str]
) -> None:
    """A function takes objects; e.g. a body that was cut is none."""
    assert read_message(body, attributes).problem == "its event is not a JSON object"


NOT_JSON, UNKNOWN = "it is not JSON", "its form is unknown"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("", NOT_JSON),
        ("{", NOT_JSON),
        ("[" * 200_000, NOT_JSON),
        ("9" * 5_000, NOT_JSON),
        ("null", NOT_JSON),
        ("{}", UNKNOWN),
        ("[]", UNKNOWN),
    ],
)
def test_a_message_of_an_unknown_form_has_a_problem(body: str, problem: str) -> None:
    """It is kept, and the problem states why."""
    letter = read_message(body, {})
    assert (letter.form, letter.problem) == (Form.UNKNOWN, problem)


@pytest.mark.parametrize("text", ["", "[]", json.dumps(NOTIFICATION)])
def test_an_object_of_no_known_form_is_not_understood(text: str) -> None:
    """It is kept, and says so."""
    assert read_object(text).form is Form.UNKNOWN


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        (ARN, "myfunction"),
        (f"{ARN}:$LATEST", "myfunction"),
        ("arn:aws:sqs:us-east-2:123456789012:queue", None),
        ("arn:aws:lambda", None),
        (None, None),
        (7, None),
    ],
)
def test_a_function_is_known_by_the_name_in_its_arn(arn: object, name: str) -> None:
    """With or without a qualifier; another service's ARN names none."""
    assert function_name(arn) == name


KEYS = st.sampled_from(
    [
        *("reason", "record", "dynamodb", "Records", "s3", "bucket", "name", "object"),
        *("key", "Event", "requestContext", "functionArn", "condition", "payload"),
        *("DDBStreamBatchInfo", "requestPayload", "responsePayload", "errorType"),
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([ARN, "s3:TestEvent", "{}", "[", json.dumps(EVENT)]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5)
    ),
    max_leaves=12,
)
CHANGED = st.builds(
    lambda base, key, value: base | {key: value},
    st.sampled_from(
        [BATCH, ASYNCHRONOUS, NOTIFICATION, {"reason": "r", "record": RECORD}]
    ),
    KEYS,
    VALUES,
)


@given(
    body=st.text() | (VALUES | CHANGED).map(json.dumps),
    attributes=st.dictionaries(st.sampled_from(sorted(SCHEDULE)), st.text()),
)
def test_any_message_is_a_letter_or_not_understood(
    body: str, attributes: dict[str, str]
) -> None:
    """It never raises, and has exactly one of event, objects and problem."""
    for letter in (read_message(body, attributes), read_object(body)):
        says = (letter.event is not None, bool(letter.objects), bool(letter.problem))
        assert sum(says) == (letter.form is not Form.TEST)
        assert isinstance(letter.reason, str)
        if letter.event is not None:
            json.dumps(letter.event)
