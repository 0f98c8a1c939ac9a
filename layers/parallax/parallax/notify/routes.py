"""Routes: where publications go, each route independent of the others.

In: findings, advice events and alerts. Out: a CloudEvent on the findings topic for each
of them (`parallax.notify.findings_topic`); for an alert a mail on the alerts topic, and
a message on the chat topic (`parallax.notify.chat_topic`).
It does not: record what it sent (`parallax.notify.marks`) or retry
(`parallax.notify.delivery`).
Source of the limits: Amazon SNS, `Publish`.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from parallax.aws import client, failed_with
from parallax.groups.alert import alone
from parallax.links.address import Link, no_link, open_addresses
from parallax.model.alert import Alert
from parallax.model.finding import Finding
from parallax.notify.attributes import LABEL, Attributes, attributes
from parallax.notify.chat_topic import ChatRoute
from parallax.notify.findings_topic import FindingsRoute, message
from parallax.notify.paragraph import clock, paragraph, span
from parallax.notify.publication import Publication
from parallax.settings import SOURCE, Settings, SettingsError

REFUSED = ("InvalidParameter", "InvalidParameterException", "ParameterValueInvalid")
"""SNS's error codes for a subject or an attribute that it rejects. The API reference
allows UTF-8 in a subject, older pages only ASCII. Such a mail is sent again with an
ASCII subject and without labels: no mail depends on what a subscription filters on."""
LATE = timedelta(minutes=10)
"""Age of an alert from which on its mail mentions the delay."""


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


class TopicRoute:
    """The alerts topic: a message for each alert that nobody muted.

    `link` returns the URL of an alert's incident, or None if there is no page for it.
    """

    name = "topic"

    def __init__(self, arn: str, link: Link = no_link, source: str = SOURCE) -> None:
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
        from parallax.notify.variants import (  # noqa: PLC0415 - as above
            message as variants,
        )

        assert isinstance(publication, Alert)  # noqa: S101 - `wants` checked it
        mail = render(publication, self._link(publication))
        body = late(publication, datetime.now(UTC)) + mail.body
        texts = variants(
            publication, Mail(subject=mail.subject, body=body), self._source
        )
        filters = attributes(publication)
        try:
            self._publish(mail.subject, texts, filters)
        except Exception as error:
            plain = mail.subject.encode("ascii", "replace").decode()
            fewer = {k: v for k, v in filters.items() if not k.startswith(LABEL)}
            same = (plain, fewer) == (mail.subject, filters)
            if same or not failed_with(error, *REFUSED):
                raise
            self._publish(plain, texts, fewer)

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
    addresses, source = open_addresses(settings), settings.source
    link = addresses.of if addresses else no_link
    if settings.alerts_topic_arn:
        routes.append(TopicRoute(settings.alerts_topic_arn, link, source))
    if settings.chat_topic_arn:
        routes.append(ChatRoute(settings.chat_topic_arn, link))
    if settings.findings_topic_arn:
        routes.append(FindingsRoute(settings.findings_topic_arn, source, link))
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


def preview(finding: Finding) -> dict[str, Any]:
    """Return what a finding would send: its event and, if one is due, its mail."""
    from parallax.notify.mail import render  # noqa: PLC0415 - the queue needs none

    event: dict[str, Any] = json.loads(message(finding, SOURCE)[0])
    if finding.turn is None:
        return {"event": event, "mail": None}
    mail = render(alone(finding))
    return {"event": event, "mail": {"subject": mail.subject, "body": mail.body}}
