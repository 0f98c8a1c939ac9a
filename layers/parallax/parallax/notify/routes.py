"""Routes: where publications go, each route by itself.

In: findings and advice news. Out: a CloudEvent in the findings queue; or a mail on the
alerts topic, for a finding that is a turn of its incident.
It does not: remember what it sent (`parallax.notify.marks`) or send again
(`parallax.notify.delivery`).
Source of the limits: Amazon SQS, `SendMessage`; Amazon SNS, `Publish`.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

from parallax.aws import client, refused_as
from parallax.model.finding import Finding
from parallax.model.plain import json_text
from parallax.notify.paragraph import clock, fill, span
from parallax.notify.publication import Publication
from parallax.settings import Settings, SettingsError

MESSAGE_LIMIT = 1_000_000
"""Bytes of one message; SQS takes 1,048,576 with its attributes."""
MAIL_LIMIT = 250_000
"""Bytes of a mail's text; SNS takes 262,144 with the subject."""
SUBJECT_REFUSED = ("InvalidParameter", "InvalidParameterException")
"""SNS's code for a subject that it does not take. Its API's description allows UTF-8;
older pages say ASCII. A mail must not be lost to that."""
LATE = timedelta(minutes=10)
"""Age of a finding at which its mail says so."""
NAME_LIMIT = 128
"""Characters of a message group's name, or of a deduplication id."""


class Route(Protocol):
    """One way out, independent of all others."""

    name: str

    def wants(self, publication: Publication) -> bool:
        """Return whether a publication goes out this way."""
        ...

    def send(self, publication: Publication) -> None:
        """Send it; raises botocore's error if it is refused."""
        ...


class QueueRoute:
    """The findings queue: every finding and all advice, in order for each target."""

    name = "queue"

    def __init__(self, url: str) -> None:
        self.url = url

    def wants(self, publication: Publication) -> bool:
        """Return True: the queue's readers get everything."""
        del publication
        return True

    def send(self, publication: Publication) -> None:
        """Send a CloudEvent; SQS drops one that it took within five minutes."""
        client("sqs").send_message(
            QueueUrl=self.url,
            MessageBody=message(publication),
            MessageGroupId=group(publication.target),
            MessageDeduplicationId=group(publication.id),
        )


class TopicRoute:
    """The alerts topic: a mail for each turn of an incident, and none for advice."""

    name = "topic"

    def __init__(self, arn: str) -> None:
        self.arn = arn

    def wants(self, publication: Publication) -> bool:
        """Return whether somebody is to be mailed."""
        return isinstance(publication, Finding) and publication.turn is not None

    def send(self, publication: Publication) -> None:
        """Publish the mail's subject and text."""
        from parallax.notify.mail import render  # noqa: PLC0415 - most findings mail none

        assert isinstance(publication, Finding)  # noqa: S101 - `wants` saw to it
        mail = render(publication)
        body = late(publication, datetime.now(UTC)) + mail.body
        text = body.encode()[:MAIL_LIMIT].decode(errors="ignore")
        try:
            self._publish(mail.subject, text)
        except Exception as error:
            plain = mail.subject.encode("ascii", "replace").decode()
            if plain == mail.subject or not refused_as(error, *SUBJECT_REFUSED):
                raise
            self._publish(plain, text)

    def _publish(self, subject: str, text: str) -> None:
        client("sns").publish(TopicArn=self.arn, Subject=subject, Message=text)


def configured(settings: Settings) -> tuple[Route, ...]:
    """Return a function's routes; raises `SettingsError` if it has none.

    Mails come first: a person waits for them.
    """
    routes: list[Route] = []
    if settings.alerts_topic_arn:
        routes.append(TopicRoute(settings.alerts_topic_arn))
    if settings.findings_queue_url:
        routes.append(QueueRoute(settings.findings_queue_url))
    if not routes:
        raise SettingsError(
            "PARALLAX_ALERTS_TOPIC_ARN or PARALLAX_FINDINGS_QUEUE_URL: expected one of"
            " them, neither is set"
        )
    return tuple(routes)


def late(finding: Finding, now: datetime) -> str:
    """Return the first lines of a mail that is sent long after its finding was made.

    Whoever reads it must not take what was true then for what is true now.
    """
    age = now - finding.judged_at
    if age < LATE:
        return ""
    when = clock(finding.judged_at)
    text = f"This mail was delayed by {span(age)}. It says what was true at {when}."
    return f"{fill(text)}\n\n"


def message(publication: Publication) -> str:
    """Return the queue's message; a finding too large for one gives up its snapshot."""
    from parallax.notify.event import (  # noqa: PLC0415 - the mails do without it
        advice_event,
        cloud_event,
    )

    if not isinstance(publication, Finding):
        return json_text(advice_event(publication))
    text = json_text(cloud_event(publication))
    if len(text.encode()) <= MESSAGE_LIMIT:
        return text
    return json_text(cloud_event(replace(publication, snapshot=None)))


def preview(finding: Finding) -> dict[str, Any]:
    """Return what would go out for a finding: its event and, on a turn, its mail."""
    from parallax.notify.mail import render  # noqa: PLC0415 - as above

    event: dict[str, Any] = json.loads(message(finding))
    if finding.turn is None:
        return {"event": event, "mail": None}
    mail = render(finding)
    return {"event": event, "mail": {"subject": mail.subject, "body": mail.body}}


def group(name: str) -> str:
    """Return a name as SQS takes it for a group: ASCII, and different for each name."""
    written = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
    if written == name and len(name) <= NAME_LIMIT:
        return name
    digest = sha256(name.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{written[-(NAME_LIMIT - 17) :]}-{digest}"
