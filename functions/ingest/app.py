"""Ingest: takes what the agents push, if it is signed and understood.

In: a function URL's event, `POST /v1/observations`. Out: reports in the journal;
202, with the seconds until the next one if a target fails; or a refusal with one
sentence: 4xx for what is wrong with the push itself, 503 for everything else, so that
agents keep what they have. It does not: believe anything unsigned.
"""

import json
from datetime import UTC, datetime
from typing import Any

from parallax import settings
from parallax.aws import secret
from parallax.incidents.table import DynamoIncidents
from parallax.ingest import Refused, accept
from parallax.ingest.hurry import Hurry
from parallax.ingest.request import read_request
from parallax.ingest.store import store
from parallax.journal.choose import open_journal
from parallax.logs import open_log, with_context

found = settings.read()
journal = open_journal(found.journal_table)
table = found.incidents_table
hurry = Hurry(DynamoIncidents(table).state) if table else None
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Check one push and store its reports."""
    try:
        request = read_request(event)
        push = accept(request.headers, request.body, keys(), datetime.now(UTC))
        stored = store(push.reports, journal.record)
    except Refused as refused:
        log.warning(
            "push refused", status_code=refused.status_code, reason=refused.text
        )
        return answer(refused.status_code, refused.text)
    except Exception:
        # Whatever it is, it is not the push's own fault: the agent has to keep it.
        log.exception("push not stored")
        return answer(503, "temporarily unavailable, retry")
    sooner = interval([report.target for report in push.reports])
    return answer(202, stored.text, refused=len(stored.refused) or None, **sooner)


def interval(targets: list[str]) -> dict[str, float]:
    """Return how soon to come again, where that is known and not the usual."""
    try:
        seconds = hurry.seconds(targets) if hurry else None
    except Exception:
        # What was pushed is stored; that is what the agent has to hear.
        log.exception("incident states could not be read")
        return {}
    return {"interval_seconds": seconds} if seconds else {}


def keys() -> list[str]:
    """Return the agents' keys; none configured means that none fits."""
    if found.agent_key_arn is None:
        return []
    return [key.strip() for key in secret(found.agent_key_arn).split(",")]


def answer(status_code: int, text: str, **more: float | None) -> dict[str, Any]:
    """Return a response of the function URL; what is None is left out."""
    given = {name: value for name, value in more.items() if value is not None}
    return {
        "statusCode": status_code,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"message": text, **given}),
    }
