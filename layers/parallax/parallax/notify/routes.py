"""Routes: where publications go, each route independent of the others.

In: findings, advice events and alerts. Out: a CloudEvent on the findings topic for each
of them; a mail on the alerts topic for an alert.
It does not: record what it sent (`parallax.notify.marks`) or retry
(`parallax.notify.delivery`).
Source of the limits: Amazon SNS, `Publish`.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

from parallax.aws import client, failed_with
from parallax.groups.alert import alone
from parallax.links.address import open_addresses
from parallax.model.advice import AdviceEvent
from parallax.model.alert import Alert
from parallax.model.finding import Finding, without_snapshot
from parallax.model.plain import json_text
from parallax.notify.attributes import Attributes, attributes
from parallax.notify.paragraph import clock, paragraph, span
from parallax.notify.publication import Publication
from parallax.settings import SOURCE, Settings, SettingsError

MESSAGE_LIMIT = 250_000
"""Bytes of one message; SNS accepts 262,144, attributes included."""
SUBJECT_REFUSED = ("InvalidParameter", "InvalidParameterException")
"""SNS's error codes for a subject that it rejects. The API reference allows UTF-8,
older pages only ASCII. Such a mail is sent again with an ASCII subject."""
LATE = timedelta(minutes=10)
"""Age of an alert from which on its mail mentions the delay."""
NAME_LIMIT = 128
"""Characters of a message group's name, or of a deduplication id."""


type Link = Callable[[Alert], str | None]
"""Returns the address of an alert's page; None: the mail has no link."""


def _no_link(_: Alert) -> None:
    return None


class Route(Protocol):
    """One destination, independent of all others."""

    name: str

    def wants(self, publication: Publication) -> bool:
        """Return whether a publication goes to this destination."""
        ...

    def send(self, publication: Publication) -> None:
        """Send it once; raises botocore's error if AWS rejects it."""
        ...

    def check(self) -> None:
        """Raise botocore's error if the destination does not respond now.

        It sends nothing.
        """
        ...


class FindingsRoute:
    """The findings topic: findings, advice and alerts, in order for each subject.

    The findings queue and the queues of other subscribers get what they filter for.
    """

    name = "queue"
    """Until release 13 this was the queue itself; its marks have this name."""

    def __init__(self, arn: str, source: str) -> None:
        self.arn = arn
        self.source = source

    def wants(self, publication: Publication) -> bool:  # noqa: ARG002 - of the protocol
        """Return that everything is published."""
        return True

    def send(self, publication: Publication) -> None:
        """Send a CloudEvent; SNS drops duplicates of the last five minutes."""
        text, filters = message(publication, self.source)
        client("sns").publish(
            TopicArn=self.arn,
            Message=text,
            MessageGroupId=group(publication.target),
            MessageDeduplicationId=group(publication.id),
            MessageAttributes=filters,
        )

    def check(self) -> None:
        """Read the topic's attributes."""
        client("sns").get_topic_attributes(TopicArn=self.arn)


class TopicRoute:
    """The alerts topic: a message for each alert that nobody muted.

    `link` returns the URL of an alert's incident, or None if there is no page for it.
    """

    name = "topic"

    def __init__(self, arn: str, link: Link = _no_link, source: str = SOURCE) -> None:
        self.arn = arn
        self._link = link
        self._source = source

    def wants(self, publication: Publication) -> bool:
        """Return whether a mail is due."""
        return isinstance(publication, Alert) and not publication.muted

    def send(self, publication: Publication) -> None:
        """Publish the mail's subject, and the text for each protocol."""
        from parallax.notify.mail import (  # noqa: PLC0415 - the queue needs none
            Mail,
            render,
        )
        from parallax.notify.variants import message  # noqa: PLC0415 - as above

        assert isinstance(publication, Alert)  # noqa: S101 - `wants` checked it
        mail = render(publication, self._link(publication))
        body = late(publication, datetime.now(UTC)) + mail.body
        texts = message(
            publication, Mail(subject=mail.subject, body=body), self._source
        )
        filters = attributes(publication)
        try:
            self._publish(mail.subject, texts, filters)
        except Exception as error:
            plain = mail.subject.encode("ascii", "replace").decode()
            if plain == mail.subject or not failed_with(error, *SUBJECT_REFUSED):
                raise
            self._publish(plain, texts, filters)

    def check(self) -> None:
        """Read the topic's attributes."""
        client("sns").get_topic_attributes(TopicArn=self.arn)

    def _publish(self, subject: str, texts: str, filters: Attributes) -> None:
        client("sns").publish(
            TopicArn=self.arn,
            Subject=subject,
            Message=texts,
            MessageStructure="json",
            MessageAttributes=filters,
        )


def configured(settings: Settings) -> tuple[Route, ...]:
    """Return a function's routes; raises `SettingsError` if it has none.

    The alerts topic comes first: a person waits for the mail.
    """
    routes: list[Route] = []
    if settings.alerts_topic_arn:
        addresses = open_addresses(settings)
        link = addresses.of if addresses else _no_link
        routes.append(TopicRoute(settings.alerts_topic_arn, link, settings.source))
    if settings.findings_topic_arn:
        routes.append(FindingsRoute(settings.findings_topic_arn, settings.source))
    if not routes:
        raise SettingsError(
            "PARALLAX_ALERTS_TOPIC_ARN, PARALLAX_FINDINGS_TOPIC_ARN: neither is set;"
            " set at least one"
        )
    return tuple(routes)


def late(alert: Alert, now: datetime) -> str:
    """Return the first lines of a mail that is sent long after its alert was made.

    Without them its reader would take an old state for the present one.
    """
    age = now - alert.at
    if age < LATE:
        return ""
    when = clock(alert.at)
    text = f"This mail was delayed by {span(age)}. It describes the state at {when}."
    return f"{paragraph(text)}\n\n"


def message(publication: Publication, source: str) -> tuple[str, Attributes]:
    """Return the topic's message: a CloudEvent, and what a subscription can filter on.

    A finding that is too large loses its snapshot.
    """
    from parallax.notify.event_attributes import (  # noqa: PLC0415 - mails do not need it
        event_attributes,
    )

    event = _event(publication, source)
    text, filters = json_text(event), event_attributes(event)
    if isinstance(publication, Finding) and len(text.encode()) > MESSAGE_LIMIT:
        small = without_snapshot(publication, "findings topic")
        return json_text(_event(small, source)), filters
    return text, filters


def _event(publication: Publication, source: str) -> dict[str, Any]:
    from parallax.notify.event import (  # noqa: PLC0415 - mails do not need it
        advice_event,
        cloud_event,
    )

    if isinstance(publication, AdviceEvent):
        return advice_event(publication, source)
    if isinstance(publication, Finding):
        return cloud_event(publication, source)
    from parallax.notify.alert_event import alert_event  # noqa: PLC0415 - as above
    from parallax.notify.mail import render  # noqa: PLC0415 - as above

    return alert_event(publication, render(publication), source)


def preview(finding: Finding) -> dict[str, Any]:
    """Return what a finding would send: its event and, if one is due, its mail."""
    from parallax.notify.event import SOURCE  # noqa: PLC0415 - as above
    from parallax.notify.mail import render  # noqa: PLC0415 - as above

    event: dict[str, Any] = json.loads(message(finding, SOURCE)[0])
    if finding.turn is None:
        return {"event": event, "mail": None}
    mail = render(alone(finding))
    return {"event": event, "mail": {"subject": mail.subject, "body": mail.body}}


def group(name: str) -> str:
    """Return a group name that SQS accepts: ASCII, and unique for each name."""
    written = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
    if written == name and len(name) <= NAME_LIMIT:
        return name
    digest = sha256(name.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{written[-(NAME_LIMIT - 17) :]}-{digest}"
