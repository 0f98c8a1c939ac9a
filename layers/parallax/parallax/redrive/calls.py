"""Calls: fetch a discarded batch from S3, and invoke a function with an event.

In: the location of an object; a function's name and an event. Out: the letter in the
object; why the function failed.
It does not: raise if AWS refuses a request for one letter. It raises if AWS is
unreachable.
"""

import json
from collections.abc import Mapping
from typing import Any, cast

from parallax.aws import error_code
from parallax.redrive.letter import Form, Letter, read_object
from parallax.redrive.stack import client


def read_stored(bucket: str, key: str) -> Letter:
    """Fetch and read an object; a missing or forbidden one becomes a problem.

    So does a name that no bucket, or a key that no object can have.
    """
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        ClientError,
        ParamValidationError,
    )

    try:
        body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        reason = str(error_code(error))
    except (ParamValidationError, ValueError):
        reason = "not a valid name of an S3 object"
    else:
        return read_object(body.decode(errors="replace"))
    problem = f"s3://{bucket}/{key} cannot be read: {reason}"
    return Letter(form=Form.STORED, problem=problem)


def invoke(function: str, event: Mapping[str, Any]) -> str:
    """Invoke a function and wait; return why it failed, or an empty text.

    A response that names failed records is also a failure (AWS Lambda Developer
    Guide, "Configuring partial batch response with DynamoDB and Lambda").
    """
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        ClientError,
        ReadTimeoutError,
    )

    try:
        response = client("lambda").invoke(
            FunctionName=function, Payload=json.dumps(event).encode()
        )
    except ClientError as error:
        return f"Lambda refused the invocation: {error_code(error)}"
    except ReadTimeoutError:
        return "the function did not respond in time"
    text = response["Payload"].read().decode(errors="replace")
    if "FunctionError" in response:
        return f"the function raised {text}"
    return "the function reported failed records" if _failed_records(text) else ""


def _failed_records(text: str) -> bool:
    try:
        response = json.loads(text)
    except ValueError:
        return False
    if not isinstance(response, dict):
        return False
    return bool(cast("dict[str, Any]", response).get("batchItemFailures"))
