"""AWS: one session, one client a service, and secrets that are read when needed.

In: region, endpoint and credentials as boto3 finds them in the environment.
Out: boto3 clients, and the text of a secret.
It does not: import boto3 until a client is asked for (240 ms of a cold start).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from time import monotonic
from typing import Any, cast

SECRET_SECONDS = 300
"""How old a secret may be before it is read again: a rotation takes five minutes."""
RETRY_SECONDS = 30
"""How long a secret that could not be refreshed is used before the next attempt."""
RETRY_WITHOUT_SECONDS = 5
"""The same where no text is held: nothing works until an attempt succeeds."""
SECRET_CONNECT_SECONDS = 1
SECRET_READ_SECONDS = 2
"""Two attempts of these end within the ten seconds of ingest and its agents, so that a
Secrets Manager that does not answer leaves time to use the text that is held."""
REVOKED = ("ResourceNotFoundException", "InvalidRequestException")
"""Secrets Manager's words for a secret that does not exist (any more) or is scheduled
for deletion (API reference, `GetSecretValue`, errors)."""
CONNECT_SECONDS = 2
READ_SECONDS = 8
ATTEMPTS = 3
PUBLISHING = ("sns", "sqs")
"""Services that a message is sent to: 12 seconds at most, within a function's 30, so
that a message that does not get through can be stored and sent later."""
PUBLISH_READ_SECONDS = 4
PUBLISH_ATTEMPTS = 2
HOPELESS = (
    "InvalidParameter",
    "InvalidParameterValue",
    "InvalidParameterException",
    "InvalidMessageContents",
    "ValidationException",
)
"""Refusals that no later attempt can change, as SNS, SQS and DynamoDB call them."""
log = logging.getLogger(__name__)


@cache
def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """Return the client of a service, always the same, on boto3's one session."""
    import boto3  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - kept off the path of what needs no AWS; no types of its own
    from botocore.config import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - the same
        Config,
    )

    publishes = service in PUBLISHING
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=PUBLISH_READ_SECONDS if publishes else READ_SECONDS,
        retries={
            "mode": "standard",
            "total_max_attempts": PUBLISH_ATTEMPTS if publishes else ATTEMPTS,
        },
    )
    return cast("Any", boto3).client(service, config=config)


def refused_as(error: Exception, *codes: str) -> bool:
    """Say whether botocore's `ClientError` bears one of these codes."""
    response: dict[str, Any] = getattr(error, "response", {})
    return response.get("Error", {}).get("Code") in codes


def hopeless(error: Exception) -> bool:
    """Say whether AWS, or botocore, refused what was sent for its content.

    The same content is refused at every later attempt.
    """
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        ClientError,
        ParamValidationError,
    )

    if isinstance(error, ClientError):
        return refused_as(error, *HOPELESS)
    return isinstance(error, ParamValidationError)


def may_pass(error: Exception) -> bool:
    """Say whether a later attempt may succeed: AWS or this machine failed for now.

    The machine: no memory, file or socket was left. Not a refusal for the content.
    """
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        BotoCoreError,
        ClientError,
    )
    from botocore.parsers import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - the same
        ResponseParserError,  # an answer cut short on its way
    )

    aws = BotoCoreError | ClientError | ResponseParserError | SecretError
    return isinstance(error, aws | OSError | MemoryError) and not hopeless(error)


class SecretError(Exception):
    """A secret can't be read; the text says which one, and why in AWS's word."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code
        """AWS's code, e.g. `AccessDeniedException`; without an answer botocore's name
        of what happened, e.g. `EndpointConnectionError`."""


def secret(arn: str) -> str:
    """Return a secret's text, read in the last five minutes if that was possible.

    While Secrets Manager does not give it, the text that was read last is used. A
    secret that was deleted is not: that is how a key is revoked. Raises `SecretError`,
    e.g. `the secret TOKEN can't be read: AccessDeniedException`.
    """
    return _secrets().text(arn)


@dataclass(slots=True)
class _Held:
    """What is known of one secret; instants of the monotonic clock."""

    text: str | None = None
    fresh_until: float = float("-inf")
    """When it is read again, whether the last attempt succeeded or not."""
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
        self._held: dict[str, _Held] = {}

    def text(self, arn: str) -> str:
        """Return a secret's text as `secret` does."""
        held = self._held.setdefault(arn, _Held())
        if self._now() >= held.fresh_until:
            self._refresh(arn, held)
        if held.text is not None:
            return held.text
        raise SecretError(held.reason, held.code)

    def _refresh(self, arn: str, held: _Held) -> None:
        try:
            found: str | bytes = self.provider.get(arn, force_fetch=True, max_age=0)
            held.text = found if isinstance(found, str) else found.decode()
            held.fresh_until = self._now() + SECRET_SECONDS
        except Exception as error:  # noqa: BLE001 - whatever it is, the text held serves on
            held.code = _word(error)
            name = arn.rpartition(":")[2]
            held.reason = f"the secret {name} can't be read: {held.code}"
            if held.code in REVOKED:
                held.text = None
            wait = RETRY_WITHOUT_SECONDS if held.text is None else RETRY_SECONDS
            held.fresh_until = self._now() + wait
            if held.text is not None:
                log.warning(
                    "secret was not refreshed, the last one is used",
                    extra={"reason": held.reason},
                )


@cache
def _secrets() -> Secrets:
    """Return the function's secrets, on a client that does not wait long."""
    import boto3  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - as in `client`
    from aws_lambda_powertools.utilities.parameters import (  # noqa: PLC0415
        SecretsProvider,
    )
    from botocore.config import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - the same
        Config,
    )

    config = Config(
        connect_timeout=SECRET_CONNECT_SECONDS,
        read_timeout=SECRET_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 2},
    )
    made = cast("Any", boto3).client("secretsmanager", config=config)
    return Secrets(SecretsProvider(boto3_client=made))


def _word(error: Exception) -> str:
    """Return AWS's code for what went wrong; without an answer, botocore's name for it.

    Powertools hands on the text alone; what it caught is the error's context.
    """
    cause = error.__context__ or error
    response: dict[str, Any] = getattr(cause, "response", {})
    return response.get("Error", {}).get("Code") or type(cause).__name__
