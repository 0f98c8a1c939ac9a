"""AWS: one session, one client a service, and secrets that are read when needed.

In: region, endpoint and credentials as boto3 finds them in the environment.
Out: boto3 clients, and the text of a secret.
It does not: import boto3 until a client is asked for (240 ms of a cold start).
"""

from functools import cache
from typing import Any, cast

SECRET_SECONDS = 300
"""How long a secret is believed: a rotated one is seen after five minutes."""
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


def may_pass(error: Exception) -> bool:
    """Say whether an error is AWS's, and not a refusal that no attempt can change."""
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        BotoCoreError,
        ClientError,
        ParamValidationError,
    )
    from botocore.parsers import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - the same
        ResponseParserError,  # an answer cut short on its way
    )

    if isinstance(error, ClientError):
        return not refused_as(error, *HOPELESS)
    if isinstance(error, ParamValidationError):
        return False
    return isinstance(error, BotoCoreError | ResponseParserError)


@cache
def _secrets() -> Any:  # noqa: ANN401 - as `client`
    from aws_lambda_powertools.utilities.parameters import (  # noqa: PLC0415
        SecretsProvider,
    )

    return SecretsProvider(boto3_client=client("secretsmanager"))


class SecretError(Exception):
    """A secret can't be read; the text says which one, and why in AWS's word."""


def secret(arn: str) -> str:
    """Return a secret's text, from Secrets Manager or up to five minutes old.

    Raises `SecretError`, e.g. `the secret TOKEN can't be read: AccessDeniedException`.
    """
    from aws_lambda_powertools.utilities.parameters.exceptions import (  # noqa: PLC0415
        GetParameterError,
    )

    try:
        return str(_secrets().get(arn, max_age=SECRET_SECONDS))
    except GetParameterError as error:
        name = arn.rpartition(":")[2]
        raise SecretError(f"the secret {name} can't be read: {_word(error)}") from error


def _word(error: Exception) -> str:
    """Return AWS's code for what went wrong; without an answer, botocore's name for it.

    Powertools hands on the text alone; what it caught is the error's context.
    """
    cause = error.__context__ or error
    response: dict[str, Any] = getattr(cause, "response", {})
    return response.get("Error", {}).get("Code") or type(cause).__name__
