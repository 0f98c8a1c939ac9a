"""Ingest: takes what the agents push, if it is signed and understood.

In: a function URL's event, `POST /v1/observations`. Out: reports in the journal;
202, with the seconds until the next one if a target fails; or a refusal with one
sentence. It does not: believe anything unsigned.
"""

import base64
import json
from datetime import UTC, datetime
from typing import Any

from parallax import settings
from parallax.aws import may_pass, secret
from parallax.incidents import DynamoIncidents
from parallax.ingest import Refused, accept
from parallax.ingest.hurry import Hurry
from parallax.journal import TooLargeError, open_journal
from parallax.logs import open_log, with_context

found = settings.read()
journal = open_journal(found.journal_table)
table = found.incidents_table
hurry = Hurry(DynamoIncidents(table).state) if table else None
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Check one push and store its reports."""
    http = event["requestContext"]["http"]
    if (http["method"], event["rawPath"]) != ("POST", "/v1/observations"):
        return answer(404, "only POST /v1/observations is here")
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    try:
        push = accept(event["headers"], raw, keys(), datetime.now(UTC))
        for report in push.reports:
            journal.record(report)
    except Refused as refused:
        log.warning(
            "push refused", status_code=refused.status_code, reason=refused.text
        )
        return answer(refused.status_code, refused.text)
    except TooLargeError as error:
        log.warning("push refused", status_code=413, reason=error)
        return answer(413, str(error))
    except Exception as error:
        log.exception("push could not be stored")
        if may_pass(error):
            return answer(503, "not stored: come again")
        # An agent that came again with it would hold up all that is behind it.
        return answer(400, "cannot be stored: the log of ingest says why")
    sooner = interval([report.target for report in push.reports])
    return answer(202, f"stored {len(push.reports)}", **sooner)


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


def answer(status_code: int, text: str, **more: float) -> dict[str, Any]:
    """Return a response of the function URL."""
    return {
        "statusCode": status_code,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"message": text, **more}),
    }
