"""Endpoint: a request of Prometheus, from the function URL's event to the response.

In: `GET /metrics` with a bearer token. Out: the metrics as text, compressed if the
request accepts gzip; 401 without a valid token, 404 and 405 for other requests.
It does not: catch errors of AWS: the function URL then responds 502, Prometheus sets
`up` to 0, and the function's error raises ExporterFailingAlarm.
Source: RFC 6750 (bearer tokens); AWS Lambda quotas: 6 MB for a response.
"""

import base64
import gzip
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent

from parallax.aws import secret
from parallax.exporter.exposition import CONTENT_TYPE, exposition
from parallax.exporter.points import families
from parallax.exporter.view import View

PATH = "/metrics"
TOKEN_FIELD = "metrics_token"  # noqa: S105 - a name, not a token
LIMIT = 5_900_000
"""Bytes of a body; the response has at most 6 MB (6,291,556 bytes)."""
LEVEL = 4
"""Of gzip: half the processor time of level 6, a tenth more bytes."""
PLAIN = "text/plain; charset=utf-8"

type Response = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Responds to scrapes; `view` reads what is exported now."""

    token_arn: str | None
    view: Callable[[], View]

    def respond(self, event: LambdaFunctionUrlEvent) -> Response:
        """Return the response; raises botocore's errors and `SecretError`."""
        if event.raw_path != PATH:
            return _response(404, f"not found; only GET {PATH} is supported\n")
        if event.http_method not in {"GET", "HEAD"}:
            return _response(405, "only GET is supported\n", allow="GET, HEAD")
        if not self._is_allowed(event.headers.get("authorization", "")):
            text = "the bearer token is missing or wrong\n"
            return _response(401, text, **{"www-authenticate": "Bearer"})
        text = exposition(families(self.view()))
        return _metrics(text, event.headers.get("accept-encoding", ""))

    def _is_allowed(self, authorization: str) -> bool:
        """Compare with each token: there are two during a rotation."""
        scheme, _, given = authorization.partition(" ")
        if self.token_arn is None or scheme.lower() != "bearer" or not given.strip():
            return False
        tokens = secret(self.token_arn, TOKEN_FIELD).split(",")
        offered = given.strip().encode(errors="replace")  # half of a surrogate pair
        same = [
            hmac.compare_digest(token.strip().encode(), offered)
            for token in tokens
            if token.strip()
        ]
        return any(same)


def _metrics(text: str, accepted: str) -> Response:
    plain = text.encode()
    if _accepts_gzip(accepted):
        body = base64.b64encode(gzip.compress(plain, compresslevel=LEVEL, mtime=0))
        if len(body) <= LIMIT:
            packed = _response(200, body.decode(), **{"content-encoding": "gzip"})
            packed["headers"]["content-type"] = CONTENT_TYPE
            return packed | {"isBase64Encoded": True}
    if len(plain) > LIMIT:
        return _response(406, "too large; send Accept-Encoding: gzip\n")
    found = _response(200, text)
    found["headers"]["content-type"] = CONTENT_TYPE
    return found


def _accepts_gzip(accepted: str) -> bool:
    """Say whether an Accept-Encoding header lists gzip, and not with a weight of 0."""
    for part in accepted.lower().split(","):
        coding, _, weight = (piece.strip() for piece in part.partition(";"))
        if coding in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _response(status: int, text: str, **headers: str) -> Response:
    shared = {
        "content-type": PLAIN,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return {"statusCode": status, "headers": shared | headers, "body": text}
