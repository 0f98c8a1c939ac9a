"""Endpoint: `POST /v1/observations`, from the function URL's event to the response.

In: the event of a function URL. Out: a status and a JSON body. 202 states what was
stored, which targets need full reports, which readings are missing, and when to send
the next heartbeat. 4xx rejects the push itself. 503 is for everything else, so that the
agents keep their reports.
It does not: judge, or store an unsigned push.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from parallax.aws import secret
from parallax.incidents.index import OpenIncidents
from parallax.ingest.acceptance import accept
from parallax.ingest.alert import OpenIncident
from parallax.ingest.answer import Answers
from parallax.ingest.cached import Cached
from parallax.ingest.pace import Pace
from parallax.ingest.rejection import PushRejected
from parallax.ingest.rejection_log import RejectionLog
from parallax.ingest.request import read_request
from parallax.ingest.statuses import ACCEPTED, UNAVAILABLE
from parallax.ingest.store import Table, store
from parallax.journal.choose import open_journal
from parallax.settings import Settings
from parallax.tracing import annotate

FIELD = "agent_key"
"""The secret's field with the agents' keys, comma-separated: `agent_keys`."""
CACHE_SECONDS = 1.0
"""How long incidents and rounds that were read are used again: all heartbeats arrive at
about the same time. It is part of `parallax.ingest.next_heartbeat.VISIBLE`."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP status and the fields of a JSON body."""

    status_code: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint of one container.

    `keys` returns the agents' keys. `answers` makes the body of a 202.
    """

    keys: Callable[[], Sequence[str]]
    table: Table
    answers: Answers
    rejections: RejectionLog = field(default_factory=RejectionLog)

    def respond(self, event: object) -> Response:
        """Check one push, store what is in it, and return the response."""
        try:
            now = datetime.now(UTC)
            request = read_request(event)
            push = accept(request.headers, request.body, self.keys(), now)
            annotate(cluster=push.cluster, node=push.node)
            stored = store(push, self.table, now)
        except PushRejected as rejection:
            self.rejections.note(rejection)
            return Response(rejection.status_code, {"message": rejection.text})
        except Exception:
            # The push itself is not at fault: the agent has to keep it.
            log.exception("push was not stored")
            return Response(UNAVAILABLE, {"message": "temporarily unavailable, retry"})
        return Response(ACCEPTED, self.answers.body(push, stored, now))


def open_endpoint(settings: Settings) -> Endpoint:
    """Return the endpoint of a function with these settings."""
    journal = open_journal(settings.journal_table)
    incidents = _open_incidents(settings.incidents_table)
    answers = Answers(
        open_incidents=Cached(incidents, CACHE_SECONDS),
        lacking=journal.lacking,
        next_seconds=Pace(Cached(journal.round_times, CACHE_SECONDS)).next_seconds,
    )
    return Endpoint(_keys_in(settings.agent_key_arn), journal, answers)


def _open_incidents(table: str | None) -> Callable[[], Mapping[str, OpenIncident]]:
    """Return a function that reads the open incidents; without a table, none."""
    if table is None:
        return dict
    return OpenIncidents(table).open


def _keys_in(secret_arn: str | None) -> Callable[[], Sequence[str]]:
    """Return a function that reads the agents' keys; without a secret, none."""

    def keys() -> Sequence[str]:
        if secret_arn is None:
            return ()
        return [key.strip() for key in secret(secret_arn, FIELD).split(",")]

    return keys
