"""Answers: AWS's error responses, and what the network does to a request.

In: a service and a kind of fault. Out: a response as botocore reads it, or an error of
botocore's HTTP session.
It does not: decide that a request fails.
Sources of the codes: the API references of DynamoDB, SQS, SNS, S3 and Secrets Manager,
"Common errors".
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from zlib import crc32

from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from moto.core.botocore_stubber import MockRawResponse


class Code(NamedTuple):
    """An HTTP status and AWS's error code."""

    status: int
    code: str


CODES: Mapping[str, Mapping[str, Code]] = {
    "dynamodb": {
        "throttled": Code(400, "ProvisionedThroughputExceededException"),
        "denied": Code(400, "AccessDeniedException"),
        "missing": Code(400, "ResourceNotFoundException"),
        "error": Code(500, "InternalServerError"),
        "conflict": Code(400, "TransactionConflictException"),
    },
    "sqs": {
        "throttled": Code(403, "RequestThrottled"),
        "denied": Code(403, "AccessDenied"),
        "missing": Code(400, "QueueDoesNotExist"),
        "error": Code(503, "ServiceUnavailable"),
        "refused": Code(400, "InvalidMessageContents"),
    },
    "sns": {
        "throttled": Code(429, "Throttled"),
        "denied": Code(403, "AuthorizationError"),
        "missing": Code(404, "NotFound"),
        "error": Code(500, "InternalError"),
        "refused": Code(400, "InvalidParameter"),
    },
    "s3": {
        "throttled": Code(503, "SlowDown"),
        "denied": Code(403, "AccessDenied"),
        "missing": Code(404, "NoSuchBucket"),
        "error": Code(500, "InternalError"),
    },
    "secrets-manager": {
        "throttled": Code(400, "ThrottlingException"),
        "denied": Code(400, "AccessDeniedException"),
        "missing": Code(400, "ResourceNotFoundException"),
        "error": Code(500, "InternalServiceError"),
    },
    "lambda": {
        "throttled": Code(429, "TooManyRequestsException"),
        "denied": Code(403, "AccessDeniedException"),
        "missing": Code(404, "ResourceNotFoundException"),
        "error": Code(500, "ServiceException"),
    },
}


def raw(
    request: AWSPreparedRequest,
    status: int,
    body: bytes,
    headers: Mapping[str, str] | None = None,
) -> AWSResponse:
    """Return a response with this body."""
    return AWSResponse(
        str(request.url),
        status,
        HeadersDict(dict(headers or {})),  # pyright: ignore[reportArgumentType] - botocore's own type of headers
        MockRawResponse(body),  # pyright: ignore[reportArgumentType] - as Moto does
    )


def refusal(request: AWSPreparedRequest, service: str, kind: str) -> AWSResponse:
    """Return the error response of a service."""
    status, code = CODES[service][kind]
    if service in {"sns", "s3"}:
        inner = f"<Error><Code>{code}</Code><Message>{kind}</Message></Error>"
        text = f"<ErrorResponse>{inner}</ErrorResponse>" if service == "sns" else inner
        return raw(request, status, text.encode(), {"content-type": "text/xml"})
    body: dict[str, Any] = {"__type": f"com.amazonaws#{code}", "message": kind}
    if kind == "conflict" and b"TransactItems" in (request.body or b""):
        body["__type"] = "com.amazonaws#TransactionCanceledException"
        body["CancellationReasons"] = [{"Code": "TransactionConflict"}]
    return raw(request, status, json.dumps(body).encode(), {"x-amzn-errortype": code})


def network_error(request: AWSPreparedRequest, kind: str) -> Exception:
    """Return what botocore's session raises."""
    url = str(request.url)
    if kind.startswith("timeout"):
        return ReadTimeoutError(endpoint_url=url)
    if kind == "cut-before":
        return EndpointConnectionError(endpoint_url=url)
    return ConnectionClosedError(endpoint_url=url)


def truncated(request: AWSPreparedRequest, response: AWSResponse) -> AWSResponse:
    """Return half of a response, with the checksum of the whole.

    DynamoDB sends it, and botocore repeats a request whose response does not fit; it
    would read half of a JSON document as an empty one.
    """
    whole: bytes = response.content
    checksum = {"x-amz-crc32": str(crc32(whole))}
    return raw(request, 200, whole[: len(whole) // 2], checksum)
