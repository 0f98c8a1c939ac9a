"""Damaged responses of AWS: an error, never an empty answer."""

import json
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.parsers import ResponseParserError
from moto.core.botocore_stubber import MockRawResponse

from parallax import aws, aws_session
from parallax.aws import may_pass
from parallax.aws_answer import CHECKSUM

ITEM = json.dumps({"Item": {"pk": {"S": "a"}, "image": {"M": {}}}}).encode()


def respond(client: Any, body: bytes, headers: dict[str, str]) -> list[str]:
    """Let AWS answer each request of a client so; return the requests."""
    sent: list[str] = []

    def send(request: Any, **_: object) -> AWSResponse:
        sent.append(request.url)
        return AWSResponse(
            request.url,
            200,
            HeadersDict(headers),  # type: ignore[arg-type]
            MockRawResponse(body),  # type: ignore[arg-type]
        )

    client.meta.events.register("before-send", send)
    return sent


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make clients of a function that wait between no attempts."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_REGION", raising=False)
    forget()
    yield
    forget()


def forget() -> None:
    """Forget the session and clients of other tests."""
    aws.client.cache_clear()
    aws_session.session.cache_clear()


def get(client: Any) -> Any:
    """Read an item."""
    return client.get_item(TableName="t", Key={"pk": {"S": "a"}})


def test_an_item_cut_in_each_attempt_is_not_a_missing_item() -> None:
    """Botocore repeats it, and would then return no item: a waiting alert was lost."""
    headers, dynamodb = {CHECKSUM: str(crc32(ITEM))}, aws.client("dynamodb")
    sent = respond(dynamodb, ITEM[: len(ITEM) // 2], headers)
    with pytest.raises(ResponseParserError, match="GetItem") as caught:
        get(dynamodb)
    assert len(sent) == aws.ATTEMPTS
    assert may_pass(caught.value)


def test_other_content_with_the_same_length_is_refused() -> None:
    """A changed byte leaves valid JSON; only the checksum tells."""
    dynamodb = aws.client("dynamodb")
    respond(dynamodb, ITEM.replace(b'"a"', b'"b"'), {CHECKSUM: str(crc32(ITEM))})
    with pytest.raises(ResponseParserError, match="checksum"):
        get(dynamodb)


@pytest.mark.parametrize("headers", [{CHECKSUM: str(crc32(ITEM))}, {}])
def test_a_whole_response_is_read(headers: dict[str, str]) -> None:
    """With a checksum, or without one, as an emulator sends it."""
    dynamodb = aws.client("dynamodb")
    respond(dynamodb, ITEM, headers)
    assert get(dynamodb)["Item"] == {"pk": {"S": "a"}, "image": {"M": {}}}


def test_json_of_other_services_has_to_be_whole() -> None:
    """SQS sends no checksum; half of its JSON would be an empty queue."""
    client = aws.client("sqs")
    body = json.dumps({"QueueUrl": "https://sqs.example/q"}).encode()
    respond(client, body[:-4], {})
    with pytest.raises(ResponseParserError, match="not JSON"):
        client.get_queue_url(QueueName="q")


def test_an_empty_response_is_whole() -> None:
    """SQS answers some requests without a body."""
    client = aws.client("sqs")
    respond(client, b"", {})
    client.delete_message(QueueUrl="https://sqs.example/q", ReceiptHandle="h")
