"""Endpoint: `POST /v1/observations`, from the function URL's event to the response.

In: the event of a function URL. Out: a status and a JSON body. 202 states what was
stored, and the push interval while a target fails. 4xx rejects the push itself. 503 is
for everything else, so that the agents keep their reports.
It does not: judge, or store an unsigned push.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from parallax.aws import secret
from parallax.incidents.table import DynamoIncidents
from parallax.ingest.acceptance import accept
from parallax.ingest.push_interval import PushInterval
from parallax.ingest.rejection import PushRejected
from parallax.ingest.request import read_request
from parallax.ingest.store import store
from parallax.journal.choose import open_journal
from parallax.model.cluster import NodeReport
from parallax.settings import Settings

FIELD = "agent_key"
"""The secret's field with the agents' keys, comma-separated."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP status and the fields of a JSON body."""

    status_code: int
    body: Mapping[str, object]


def _usual_interval(_targets: Sequence[str]) -> float | None:
    """Return None: without incidents the agents keep their own interval."""
    return None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint of one container.

    `keys` returns the agents' keys, `record` stores a report, and `push_interval`
    returns the interval to ask for in seconds; None: the agent's own.
    """

    keys: Callable[[], Sequence[str]]
    record: Callable[[NodeReport], None]
    push_interval: Callable[[Sequence[str]], float | None] = field(
        default=_usual_interval
    )

    def respond(self, event: object) -> Response:
        """Check one push, store its reports, and return the response."""
        try:
            request = read_request(event)
            push = accept(request.headers, request.body, self.keys(), datetime.now(UTC))
            stored = store(push.reports, self.record, push.refused)
        except PushRejected as rejection:
            facts = {"status_code": rejection.status_code, "reason": rejection.text}
            log.warning("push was rejected", extra=facts)
            return Response(rejection.status_code, {"message": rejection.text})
        except Exception:
            # The push itself is not at fault: the agent has to keep it.
            log.exception("push was not stored")
            return Response(503, {"message": "temporarily unavailable, retry"})
        body: dict[str, object] = {"message": stored.text}
        if stored.refused:
            body["refused"] = len(stored.refused)
        if seconds := self._interval([report.target for report in push.reports]):
            body["interval_seconds"] = seconds
        return Response(202, body)

    def _interval(self, targets: Sequence[str]) -> float | None:
        try:
            return self.push_interval(targets)
        except Exception:
            # The reports are stored, and the response must say so.
            log.exception("incident states could not be read")
            return None


def open_endpoint(settings: Settings) -> Endpoint:
    """Return the endpoint of a function with these settings."""
    record = open_journal(settings.journal_table).record
    keys = _keys_in(settings.agent_key_arn)
    if settings.incidents_table is None:
        return Endpoint(keys, record)
    incidents = DynamoIncidents(settings.incidents_table)
    return Endpoint(keys, record, PushInterval(incidents.state).seconds)


def _keys_in(secret_arn: str | None) -> Callable[[], Sequence[str]]:
    """Return a function that reads the agents' keys; without a secret, none."""

    def keys() -> Sequence[str]:
        if secret_arn is None:
            return ()
        return [key.strip() for key in secret(secret_arn, FIELD).split(",")]

    return keys
