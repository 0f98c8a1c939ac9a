"""Outcome: what a response of `ingest` means for the push that it answers.

In: a response, the message. Out: stored, refused, to be sent again or in schema v1; and
a line in the log. It does not: send.
"""

import logging
from enum import Enum, auto
from http import HTTPStatus

import httpx

from parallax.model.push import SCHEMA_V2
from parallax_agent.push.buffer import Message
from parallax_agent.push.instructions import knows_no_v2
from parallax_agent.push.post import Answer

PERMANENT_ERRORS = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
)
"""Responses of `ingest` to a push that it can never store. Any other status may come
from a proxy, AWS or a wrong URL, and says nothing about the push."""

NOT_AUTHORIZED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
"""`ingest` rejects the key: it is unknown, or of another cluster."""

logger = logging.getLogger(__name__)


class Outcome(Enum):
    """The result of one attempt."""

    STORED = auto()
    REFUSED = auto()
    OLD_SCHEMA = auto()
    RETRY = auto()


def outcome_of(response: Answer, message: Message, seconds: float) -> Outcome:
    """Return what became of a push that took this long, and log it."""
    facts = {
        "message_id": message.id,
        "status_code": response.status_code,
        "reports": len(message.push.reports),
        "seconds": round(seconds, 3),
    }
    if httpx.codes.is_success(response.status_code):
        if response.number("refused"):
            facts["response"] = response.shown
            logger.warning("push was stored in part", extra=facts)
        else:
            logger.info("push was stored", extra=facts)
        return Outcome.STORED
    if message.push.schema == SCHEMA_V2 and _is_old_schema(response):
        return Outcome.OLD_SCHEMA
    facts["response"] = response.shown
    if response.status_code in NOT_AUTHORIZED:
        # A key rotation may still be in progress, so the push is kept.
        logger.error("push was not authorized", extra=facts)
        return Outcome.RETRY
    if response.status_code not in PERMANENT_ERRORS:
        logger.warning("push failed", extra=facts)
        return Outcome.RETRY
    logger.error("push was rejected and dropped", extra=facts)
    return Outcome.REFUSED


def _is_old_schema(response: Answer) -> bool:
    return response.status_code == HTTPStatus.BAD_REQUEST and knows_no_v2(response.body)
