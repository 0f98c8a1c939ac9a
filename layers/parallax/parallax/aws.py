"""AWS: one session, one client for each service, and secrets, read when needed.

In: region, endpoint and credentials from the environment, as botocore reads them.
Out: botocore's clients, which are boto3's, and the fields of a secret.
It does not: import botocore before a client is needed (100 ms of a cold start).
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from time import monotonic
from typing import Any, cast

SECRET_SECONDS = 300
"""Age at which a secret is read again: a rotation takes effect in five minutes."""
RETRY_SECONDS = 30
"""Time between attempts to refresh a secret while the old one is used."""
RETRY_WITHOUT_SECONDS = 5
"""The same without an old secret: nothing works until an attempt succeeds."""
SECRET_CONNECT_SECONDS = 1
SECRET_READ_SECONDS = 2
"""Two attempts of these end within the ten seconds of ingest and its agents. If Secrets
Manager does not respond, there is still time to use the old secret."""
REVOKED = ("ResourceNotFoundException", "InvalidRequestException")
"""Secrets Manager's error codes for a secret that does not exist, or is scheduled for
deletion (API reference, `GetSecretValue`, errors)."""
MALFORMED = "MalformedSecret"
"""The code of an error about a secret's content; AWS has no such code."""
CONNECT_SECONDS = 2
READ_SECONDS = 8
ATTEMPTS = 3
PUBLISHING = ("sns", "sqs")
"""Services that receive messages: one attempt of at most 6 seconds. botocore would
repeat a message whose response is late, although the service may have taken it. Who
sends it stores it, and counts the attempts."""
PUBLISH_READ_SECONDS = 4
PUBLISH_ATTEMPTS = 1
PERMANENT = (
    "InvalidParameter",
    "InvalidParameterValue",
    "InvalidParameterException",
    "ParameterValueInvalid",
    "InvalidMessageContents",
    "ValidationException",
)
"""Error codes of SNS, SQS and DynamoDB for content that no retry makes valid."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a client waits: for a connection and for each read, in seconds."""

    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS
    attempts: int = ATTEMPTS


_PUBLISHING = Limits(read_seconds=PUBLISH_READ_SECONDS, attempts=PUBLISH_ATTEMPTS)


@cache
def client(service: str, limits: Limits | None = None) -> Any:  # noqa: ANN401 - botocore makes its clients at run time
    """Return the client of a service; there is one for each service and its limits."""
    from botocore.config import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - not imported where no AWS is needed; it has no types
        Config,
    )

    from parallax.aws_session import session  # noqa: PLC0415 - it imports botocore

    if limits is None:
        limits = _PUBLISHING if service in PUBLISHING else Limits()
    config = Config(
        connect_timeout=limits.connect_seconds,
        read_timeout=limits.read_seconds,
        retries={"mode": "standard", "total_max_attempts": limits.attempts},
    )
    return session().create_client(service, config=config)


def failed_with(error: Exception, *codes: str) -> bool:
    """Say whether botocore's `ClientError` has one of these codes."""
    return error_code(error) in codes


def error_code(error: BaseException) -> str | None:
    """Return AWS's error code, or None for an error without a response.

    botocore's errors of the connection have an attribute `response` that is None.
    """
    response: dict[str, Any] = getattr(error, "response", None) or {}
    return response.get("Error", {}).get("Code")


def is_unsent(error: Exception) -> bool:
    """Say whether a request had no effect: it was rejected, or never left this machine.

    False: the result is unknown, because the response was late, lost, cut off, or a
    server error (HTTP 5xx).
    """
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        ClientError,
        HTTPClientError,
    )
    from botocore.parsers import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - the same
        ResponseParserError,
    )

    if isinstance(error, ClientError):
        answer: dict[str, Any] = cast("Any", error).response
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status < HTTPStatus.INTERNAL_SERVER_ERROR
    return not isinstance(error, HTTPClientError | ResponseParserError)


def is_permanent(error: Exception) -> bool:
    """Say whether AWS or botocore rejected a request because of its content.

    Every retry with the same content is rejected too.
    """
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        ClientError,
        ParamValidationError,
    )

    if isinstance(error, ClientError):
        return failed_with(error, *PERMANENT)
    return isinstance(error, ParamValidationError)


def may_pass(error: Exception) -> bool:
    """Say whether a retry may succeed: AWS or this machine failed temporarily.

    The machine may have no memory, file or socket left. Rejected content is permanent.
    """
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        BotoCoreError,
        ClientError,
    )
    from botocore.parsers import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - the same
        ResponseParserError,  # a truncated response
    )

    aws = BotoCoreError | ClientError | ResponseParserError | SecretError
    return isinstance(error, aws | OSError | MemoryError) and not is_permanent(error)


class SecretError(Exception):
    """A secret cannot be read; the text has its name, and AWS's error code."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code
        """AWS's code, e.g. `AccessDeniedException`; without a response, the name of
        botocore's error, e.g. `EndpointConnectionError`; else `MALFORMED`."""


def secret(arn: str, field: str) -> str:
    """Return a field of a secret, read in the last five minutes if possible.

    A secret is a JSON object of texts. While Secrets Manager fails, the last text is
    used. A deleted secret is not used any more: deleting it revokes its keys. Raises
    `SecretError`, e.g. `cannot read the secret KEYS: AccessDeniedException`. No error
    contains the secret's text.
    """
    if value := _field(_secrets().text(arn), field):
        return value
    raise SecretError(
        f"cannot read the secret {_name(arn)}: expected a JSON object with the text"
        f' "{field}"',
        MALFORMED,
    )


def secret_fields(arn: str) -> dict[str, str]:
    """Return the texts of a secret that are not empty; raises as `secret` does."""
    try:
        found: object = json.loads(_secrets().text(arn))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        reason = f"cannot read the secret {_name(arn)}: expected a JSON object"
        raise SecretError(reason, MALFORMED)
    fields = cast("dict[str, object]", found)
    return {
        name: value.strip()
        for name, value in fields.items()
        if isinstance(value, str) and value.strip()
    }


def _field(text: str, field: str) -> str:
    """Return a field of a JSON object; empty if there is no such text."""
    try:
        fields: object = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(fields, dict):
        return ""
    value = cast("dict[str, object]", fields).get(field)
    return value.strip() if isinstance(value, str) else ""


@dataclass(slots=True)
class _Cached:
    """The state of one secret; instants of the monotonic clock."""

    text: str | None = None
    fresh_until: float = float("-inf")
    """When it is read again, after success or failure."""
    reason: str = ""
    code: str = ""


class Secrets:
    """Texts of secrets, kept in memory; `provider` is Powertools' `SecretsProvider`."""

    def __init__(
        self,
        provider: Any,  # noqa: ANN401 - its generic `get` has no exact type
        now: Callable[[], float] = monotonic,
    ) -> None:
        self.provider = provider
        self._now = now
        self._cached: dict[str, _Cached] = {}

    def text(self, arn: str) -> str:
        """Return a secret's text as `secret` does."""
        cached = self._cached.setdefault(arn, _Cached())
        if self._now() >= cached.fresh_until:
            self._refresh(arn, cached)
        if cached.text is not None:
            return cached.text
        raise SecretError(cached.reason, cached.code)

    def _refresh(self, arn: str, cached: _Cached) -> None:
        try:
            found: str | bytes = self.provider.get(arn, force_fetch=True, max_age=0)
            cached.text = found if isinstance(found, str) else found.decode()
            cached.fresh_until = self._now() + SECRET_SECONDS
        except Exception as error:  # noqa: BLE001 - with any error, the last text is still used
            cached.code = _error_code(error)
            cached.reason = f"cannot read the secret {_name(arn)}: {cached.code}"
            if cached.code in REVOKED:
                cached.text = None
            wait = RETRY_WITHOUT_SECONDS if cached.text is None else RETRY_SECONDS
            cached.fresh_until = self._now() + wait
            if cached.text is not None:
                log.warning(
                    "secret was not refreshed; the last one is used",
                    extra={"reason": cached.reason},
                )


@cache
def _secrets() -> Secrets:
    """Return the function's secrets, with a client that has short timeouts."""
    from aws_lambda_powertools.utilities.parameters import (  # noqa: PLC0415
        SecretsProvider,
    )
    from botocore.config import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - as in `client`
        Config,
    )

    from parallax.aws_session import session  # noqa: PLC0415 - it imports botocore

    config = Config(
        connect_timeout=SECRET_CONNECT_SECONDS,
        read_timeout=SECRET_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
    manager = session().create_client("secretsmanager", config=config)
    return Secrets(SecretsProvider(boto3_client=manager))


def _name(arn: str) -> str:
    return arn.rpartition(":")[2]


def _error_code(error: Exception) -> str:
    """Return AWS's error code; without a response, the name of botocore's error.

    Powertools passes on only the text; the original error is its context.
    """
    cause = error.__context__ or error
    return error_code(cause) or type(cause).__name__
