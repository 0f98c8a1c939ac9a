"""Request: what a function URL hands over, in the shape that `accept` needs.

In: the event of a Lambda function URL, or anything else that invokes the function.
Out: headers and body of `POST /v1/observations`, or a refusal.
It does not: check signature, size or content of the body; `accept` does.
Source: AWS Lambda, "Invoking Lambda function URLs", payload format 2.0.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from parallax.ingest.refused import Refused

METHOD, PATH = "POST", "/v1/observations"


@dataclass(frozen=True, slots=True)
class Request:
    """Headers by their names in lower case, and the body as it was sent."""

    headers: Mapping[str, str]
    body: bytes


def read_request(event: object) -> Request:
    """Return the request in an event.

    Raises `Refused`: 404 for another method or path, 400 for an event without the parts
    of a request, and for a body that is not the base64 or text that the event says.
    """
    parts = _mapping(event)
    http = _mapping(_mapping(parts.get("requestContext")).get("http"))
    if not http:
        raise Refused(400, "not a request of a function URL")
    if (http.get("method"), parts.get("rawPath")) != (METHOD, PATH):
        raise Refused(404, f"not found; only {METHOD} {PATH} is supported")
    body = parts.get("body") or ""
    if not isinstance(body, str):
        raise Refused(400, "the body is not text")
    headers = {
        str(name).lower(): value
        for name, value in _mapping(parts.get("headers")).items()
        if isinstance(value, str)
    }
    return Request(headers, _bytes(body, packed=bool(parts.get("isBase64Encoded"))))


def _bytes(body: str, *, packed: bool) -> bytes:
    try:
        return base64.b64decode(body, validate=True) if packed else body.encode()
    except ValueError as error:  # binascii's and UTF-8's own errors are of this kind
        raise Refused(
            400, f"the body is not {'base64' if packed else 'UTF-8'}"
        ) from error


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
