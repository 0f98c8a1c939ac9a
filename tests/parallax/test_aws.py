"""Secrets and errors of AWS: cached, revoked, temporary and permanent."""

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from aws_lambda_powertools.utilities.parameters import SecretsProvider
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError
from botocore.stub import Stubber

from parallax import aws
from parallax.aws import (
    MALFORMED,
    RETRY_SECONDS,
    RETRY_WITHOUT_SECONDS,
    SECRET_SECONDS,
    SecretError,
    Secrets,
    is_permanent,
    may_pass,
    secret,
)

ARN = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:key-AbCdEf"
REVOKED = ["ResourceNotFoundException", "InvalidRequestException"]
AWAY = ["AccessDeniedException", "ThrottlingException", "InternalServiceError"]


class Clock:
    """A clock that a test moves."""

    seconds = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


class Manager:
    """Secrets Manager with one response for each call; more calls fail the test."""

    def __init__(self, stub: Stubber, secrets: Secrets, clock: Clock) -> None:
        self._stub = stub
        self.secrets = secrets
        self.clock = clock

    def gives(self, text: str) -> None:
        """Answer the next call with a secret."""
        self._stub.add_response("get_secret_value", {"SecretString": text})

    def refuses(self, code: str) -> None:
        """Refuse the next call."""
        self._stub.add_client_error("get_secret_value", code)

    def after(self, seconds: float) -> str:
        """Return the secret's text so many seconds later; every answer was used."""
        self.clock.seconds += seconds
        text = self.secrets.text(ARN)
        self._stub.assert_no_pending_responses()
        return text

    def refusal_after(self, seconds: float) -> SecretError:
        """Return the error so many seconds later; every answer was used."""
        with pytest.raises(SecretError) as caught:
            self.after(seconds)
        self._stub.assert_no_pending_responses()
        return caught.value


@pytest.fixture
def manager() -> Iterator[Manager]:
    """Give a Secrets Manager without responses."""
    client: Any = boto3.client(
        "secretsmanager",
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    clock = Clock()
    with Stubber(client) as stub:
        yield Manager(stub, Secrets(SecretsProvider(boto3_client=client), clock), clock)


def test_a_secret_is_read_again_after_five_minutes(manager: Manager) -> None:
    """Until then it is cached, so that a rotation takes effect in five minutes."""
    manager.gives("old")
    assert manager.after(0) == "old"
    assert manager.after(SECRET_SECONDS - 1) == "old"
    manager.gives("new")
    assert manager.after(1) == "new"


@pytest.mark.parametrize("code", AWAY)
def test_a_secret_that_cannot_be_refreshed_is_still_used(
    manager: Manager, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """There is one attempt and one warning every thirty seconds."""
    manager.gives("kept")
    manager.after(0)
    for attempt in range(100):
        manager.refuses(code)
        assert manager.after(RETRY_SECONDS if attempt else SECRET_SECONDS) == "kept"
        assert manager.after(0) == "kept"
    assert len(caplog.records) == 100
    assert all(code in vars(line)["reason"] for line in caplog.records)
    assert "kept" not in caplog.text
    manager.gives("new")
    assert manager.after(RETRY_SECONDS) == "new"


@pytest.mark.parametrize("code", REVOKED)
def test_a_deleted_secret_is_revoked(manager: Manager, code: str) -> None:
    """It does not exist, or will be deleted: the last text is discarded."""
    manager.gives("revoked")
    manager.after(0)
    manager.refuses(code)
    assert code in str(manager.refusal_after(SECRET_SECONDS))
    manager.refuses("ThrottlingException")
    assert manager.refusal_after(RETRY_WITHOUT_SECONDS).code == "ThrottlingException"
    manager.gives("restored")
    assert manager.after(RETRY_WITHOUT_SECONDS) == "restored"


@pytest.mark.parametrize("code", [*AWAY, *REVOKED])
def test_without_a_text_the_error_names_the_reason(manager: Manager, code: str) -> None:
    """Each request gets it; Secrets Manager is called once in five seconds."""
    manager.refuses(code)
    assert str(manager.refusal_after(0)) == f"cannot read the secret key-AbCdEf: {code}"
    assert manager.refusal_after(RETRY_WITHOUT_SECONDS - 1).code == code
    manager.gives("there")
    assert manager.after(1) == "there"


def test_one_secret_s_failure_is_not_another_s(manager: Manager) -> None:
    """Each is cached and refreshed separately."""
    manager.refuses("AccessDeniedException")
    manager.refusal_after(0)
    manager.gives("other")
    assert manager.secrets.text("another") == "other"


@pytest.fixture
def stored(manager: Manager, monkeypatch: pytest.MonkeyPatch) -> Manager:
    """Let `parallax.aws.secret` read from the Secrets Manager of the test."""
    monkeypatch.setattr(aws, "_secrets", lambda: manager.secrets)
    return manager


def test_a_field_of_a_secret_is_read_without_its_spaces(stored: Manager) -> None:
    """The secret is read once for all of its fields."""
    stored.gives('{"hetzner_token": " t\\n", "agent_key": "k"}')
    assert [secret(ARN, name) for name in ("hetzner_token", "agent_key")] == ["t", "k"]


@pytest.mark.parametrize(
    "text",
    [
        "s3cr3t",
        '"s3cr3t"',
        '["s3cr3t"]',
        "{}",
        '{"agent_key": ""}',
        '{"agent_key": " "}',
        '{"agent_key": ["s3cr3t"]}',
        '{"agent_key": "s3cr3t"',
    ],
)
def test_a_secret_of_another_form_is_an_error_that_does_not_contain_it(
    stored: Manager, text: str
) -> None:
    """The error names the secret and the field; it is temporary: agents retry."""
    stored.gives(text)
    with pytest.raises(SecretError) as caught:
        secret(ARN, "agent_key")
    assert str(caught.value) == (
        "cannot read the secret key-AbCdEf: expected a JSON object with the text"
        ' "agent_key"'
    )
    assert caught.value.code == MALFORMED
    assert caught.value.__cause__ is None


def refused(code: str) -> ClientError:
    """Make an error response of AWS."""
    return ClientError({"Error": {"Code": code}}, "PutItem")


@pytest.mark.parametrize(
    ("error", "passes", "content"),
    [
        (refused("ThrottlingException"), True, False),
        (refused("ResourceNotFoundException"), True, False),
        (refused("ValidationException"), False, True),
        (ParamValidationError(report="x"), False, True),
        (EndpointConnectionError(endpoint_url="x"), True, False),
        (ConnectTimeoutError(endpoint_url="x"), True, False),
        (SecretError("gone"), True, False),
        (OSError(errno.EMFILE, "too many open files"), True, False),
        (MemoryError(), True, False),
        (ValueError("a bug"), False, False),
        (KeyError("a bug"), False, False),
    ],
)
def test_temporary_and_permanent_errors(
    error: Exception, *, passes: bool, content: bool
) -> None:
    """Errors of AWS or the machine are temporary; rejected content is permanent."""
    assert may_pass(error) is passes
    assert is_permanent(error) is content


def hang_up(server: socket.socket) -> None:
    """Accept each connection and end it without a byte, until the server closes."""
    with suppress(OSError):
        while True:
            server.accept()[0].close()


def test_a_connection_that_ends_is_a_failure_like_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A real connection: the secret that was read before is used, else the name tells.

    botocore's errors of the connection have no response to read a code from.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        aws._secrets.cache_clear()
        secrets, clock = aws._secrets(), Clock()
        aws._secrets.cache_clear()
        secrets._now = clock
        threading.Thread(target=hang_up, args=(server,), daemon=True).start()
        with pytest.raises(SecretError, match="ConnectionClosedError"):
            secrets.text(ARN)
        secrets._cached[ARN].text = "kept"
        clock.seconds += SECRET_SECONDS
        assert secrets.text(ARN) == "kept"
        server.shutdown(socket.SHUT_RDWR)


def unsent(code: str, status: int) -> ClientError:
    """Make AWS's error with this status."""
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Publish")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("error", "is_known"),
    [
        (unsent("AuthorizationError", 403), True),
        (unsent("InternalFailure", 500), False),
        (EndpointConnectionError(endpoint_url="x"), True),
        (ConnectTimeoutError(endpoint_url="x"), True),
        (ReadTimeoutError(endpoint_url="x"), False),
        (ConnectionClosedError(endpoint_url="x"), False),
        (ResponseParserError("cut off"), False),
        (TypeError("ours"), True),
    ],
    ids=lambda value: getattr(value, "args", (value,))[0],
)
def test_what_was_certainly_not_sent(error: Exception, *, is_known: bool) -> None:
    """A rejection, or no connection; everything else may have had its effect."""
    assert aws.is_unsent(error) is is_known
    assert aws.failed_with(error, "AuthorizationError") is (
        "AuthorizationError" in str(error)
    )


def test_a_hanging_secrets_manager_leaves_time_for_the_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All attempts together end before ingest's and its agents' ten seconds do."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    aws._secrets.cache_clear()
    config = aws._secrets().provider.client.meta.config
    aws._secrets.cache_clear()
    attempts = config.retries["total_max_attempts"]
    assert attempts * (config.connect_timeout + config.read_timeout) < 8
