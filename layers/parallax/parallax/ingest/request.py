"""Request: the parts of a function URL's event that `accept` needs.

In: the event of a Lambda function URL, or of any other invocation.
Out: headers and body of `POST /v1/observations`, or a rejection.
It does not: check signature, size or content of the body; `accept` does.
Source: AWS Lambda, "Invoking Lambda function URLs", payload format 2.0.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from parallax.ingest.rejection import PushRejected
from parallax.ingest.statuses import INVALID, NOT_FOUND

METHOD, PATH = "POST", "/v1/observations"


@dataclass(frozen=True, slots=True)
class Request:
    """Headers by lower-case name, and the body as it was sent."""

    headers: Mapping[str, str]
    body: bytes


def read_request(event: object) -> Request:
    """Return the request in an event.

    Raises `PushRejected`: 404 for another method or path, 400 for an event without the
    parts of a request, and for a body that is not the declared base64 or text.
    """
    parts = _mapping(event)
    http = _mapping(_mapping(parts.get("requestContext")).get("http"))
    if not http:
        raise PushRejected(INVALID, "the event is not a request to a function URL")
    if (http.get("method"), parts.get("rawPath")) != (METHOD, PATH):
        raise PushRejected(NOT_FOUND, f"not found; only {METHOD} {PATH} is supported")
    body = parts.get("body") or ""
    if not isinstance(body, str):
        raise PushRejected(INVALID, "the body is not text")
    headers = {
        str(name).lower(): value
        for name, value in _mapping(parts.get("headers")).items()
        if isinstance(value, str)
    }
    return Request(headers, _bytes(body, base64_=bool(parts.get("isBase64Encoded"))))


def _bytes(body: str, *, base64_: bool) -> bytes:
    try:
        return base64.b64decode(body, validate=True) if base64_ else body.encode()
    except ValueError as error:  # includes the errors of binascii and UTF-8
        raise PushRejected(
            INVALID, f"the body is not {'base64' if base64_ else 'UTF-8'}"
        ) from error


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
