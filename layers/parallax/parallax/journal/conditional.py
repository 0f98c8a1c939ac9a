"""Conditional: a write to DynamoDB that changes nothing unless its condition holds.

In: a call of the DynamoDB client with a condition. Out: whether it held.
It does not: retry, or hide any other error.
"""

from collections.abc import Callable
from typing import Any

from parallax.aws import failed_with


def held(call: Callable[..., object], **arguments: Any) -> bool:  # noqa: ANN401 - boto3's own arguments
    """Write, and return whether the condition held.

    Raises botocore's `ClientError` for any other failure.
    """
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none, and the caller has imported botocore
        ClientError,
    )

    try:
        call(**arguments)
    except ClientError as error:
        if not failed_with(error, "ConditionalCheckFailedException"):
            raise
        return False
    return True
