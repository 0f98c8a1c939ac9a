"""Send: one digest, if there is advice that no digest had.

In: the settings, the advice records of the incidents' table. Out: at most one mail.
It does not: retry. The schedule calls three times within ten minutes; if all of them
fail, NotifyFailingAlarm reports it, and the next day's mail has all of it.
"""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from parallax.aws import client, is_unsent
from parallax.incidents.advice import DynamoAdvice
from parallax.incidents.items import ConflictError
from parallax.notify.digest.choose import by_kind, marks_of, new_entries
from parallax.notify.digest.mailed import (
    Mailed,
    MailedTable,
    begun,
    finished,
    is_recent,
)
from parallax.notify.digest.text import render
from parallax.notify.mail import Mail
from parallax.settings import Settings

ATTRIBUTES = {
    name: {"DataType": "String", "StringValue": value}
    for name, value in (("severity", "warning"), ("state", "advice"))
}
"""What a subscription of the topic can filter on."""
NONE: dict[str, Any] = {"advice": 0}
log = logging.getLogger(__name__)


def deliver_advice(settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Mail the advice that no digest had; return how many entries the mail has.

    Raises botocore's errors. Of two calls at the same time one sends nothing.
    """
    topic = settings.need("alerts_topic_arn")
    table = settings.need("incidents_table")
    now = now or datetime.now(UTC)
    mailed = MailedTable(table)
    before = mailed.read()
    if is_recent(before, now):
        return NONE
    records = DynamoAdvice(table).all()
    entries = new_entries(records, before.mailed)
    if not entries:
        return NONE
    marks = frozenset(entry.mark for entry in entries)
    try:
        trying = mailed.write(begun(before, marks, marks_of(records)))
    except ConflictError:
        log.info("another invocation sends the digest")
        return NONE
    try:
        _send(topic, render(by_kind(entries), now), is_again=bool(before.tried))
    except Exception as error:
        if is_unsent(error):
            mailed.write(replace(before, version=trying.version))
        raise
    _remember(mailed, finished(trying, now))
    log.info("digest was sent", extra={"advice": len(entries)})
    return {"advice": len(entries)}


def _remember(mailed: MailedTable, state: Mailed) -> None:
    try:
        mailed.write(state)
    except Exception:
        # It was sent. Failing now would change nothing; it may be sent once more.
        log.exception("digest was not marked as sent")


def _send(topic: str, mail: Mail, *, is_again: bool) -> None:
    """Publish the mail; before a last attempt, check that the topic responds."""
    sns = client("sns")
    if is_again:
        sns.get_topic_attributes(TopicArn=topic)
    sns.publish(
        TopicArn=topic,
        Subject=mail.subject,
        Message=mail.body,
        MessageAttributes=ATTRIBUTES,
    )
