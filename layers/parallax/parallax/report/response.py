"""Response: what the function URL returns: status, headers and page.

In: a page, or where to go. Out: the function URL's response.
It does not: let a page be stored, framed, or sent on in a `Referer`: its address is a
secret.
Source: AWS Lambda, "Invoking Lambda function URLs", payload format 2.0.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parallax.report.style import POLICY

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP status, a page or bytes, and headers beside those of every response."""

    status_code: int
    page: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    raw: bytes | None = None

    def encode(self) -> dict[str, Any]:
        """Return the response as the function URL expects it."""
        found: dict[str, Any] = {
            "statusCode": self.status_code,
            "headers": {**HEADERS, "content-type": HTML, **self.headers},
            "body": self.page,
        }
        if self.raw is not None:
            body = base64.b64encode(self.raw).decode()
            found |= {"body": body, "isBase64Encoded": True}
        return found


def see_other(path: str) -> Response:
    """Return a redirect after a form, so that a reload of the page repeats nothing."""
    return Response(303, headers={"location": path})
