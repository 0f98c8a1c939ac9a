"""Push: sends all metrics to an OTLP receiver, once a minute.

In: a `View`, and where the receiver is. Out: how much was sent.
It does not: retry. The next minute's request replaces one that failed; the error counts
as one of the function, which ExporterFailingAlarm reports.
Source: OpenTelemetry Protocol specification, "OTLP/HTTP".
"""

import gzip
import json
import logging
from dataclasses import dataclass

from parallax.aws import secret
from parallax.exporter.otlp import documents
from parallax.exporter.otlp_headers import read_headers
from parallax.exporter.points import families
from parallax.exporter.view import View
from parallax.model.plain import json_text, plain_line
from parallax.model.secret_text import without_secrets
from parallax.routes.request import JSON, Request
from parallax.routes.sending import send_for_answer
from parallax.settings import Settings

HEADERS_FIELD = "otlp_headers"
SHOWN = 200
"""Characters of a receiver's message in the log."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Push:
    """Sends to the receiver of these settings."""

    settings: Settings

    def send(self, view: View) -> dict[str, int]:
        """Send everything; return the number of requests, and of rejected points.

        Raises `RejectedError` and `UnavailableError` at the first request that fails,
        `SecretError`, and `HeadersError`.
        """
        headers = self._headers()
        requests = rejected = 0
        for document in documents(families(view), view.at, self._resource()):
            body = gzip.compress(json_text(document).encode(), compresslevel=4)
            request = Request(
                url=self.settings.need("otlp_url"), body=body, headers=headers
            )
            _, answer = send_for_answer(
                request, allow_private=self.settings.routes_allow_private
            )
            requests += 1
            rejected += _rejected(answer, request)
        return {"requests": requests, "rejected_points": rejected}

    def _headers(self) -> dict[str, str]:
        arn = self.settings.otlp_headers_arn
        given = read_headers(secret(arn, HEADERS_FIELD)) if arn else {}
        return given | {"Content-Type": JSON, "Content-Encoding": "gzip"}

    def _resource(self) -> dict[str, str]:
        """Return what identifies the stack.

        There is no `service.instance.id`: Prometheus would make it the label
        `instance`, which has the target's URL.
        """
        resource = {"service.name": "parallax", "cloud.provider": "aws"}
        if self.settings.region:
            resource["cloud.region"] = self.settings.region
        if self.settings.function_name:
            resource["faas.name"] = self.settings.function_name
        return resource


def _rejected(answer: bytes, request: Request) -> int:
    """Return how many points a receiver rejected; its message is logged."""
    try:
        partial = json.loads(answer)["partialSuccess"]
        count = int(partial.get("rejectedDataPoints", 0))
        stated = str(partial.get("errorMessage", ""))
        message = without_secrets(request.without_secrets(stated))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return 0
    if count or message:
        facts = {
            "points": count,
            "reason": plain_line(message)[:SHOWN],
        }
        log.warning("receiver rejected points", extra=facts)
    return count
