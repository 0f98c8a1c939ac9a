"""Findings topic: findings, advice and alerts as CloudEvents, for any number of queues.

In: publications. Out: messages on the findings topic, in order for each target or
group.
It does not: know who subscribes.
Source of the limits: Amazon SNS, `Publish`.
"""

from hashlib import sha256
from typing import Any

from parallax.aws import client
from parallax.links.address import Link, no_link
from parallax.model.advice import AdviceEvent
from parallax.model.finding import Finding, without_snapshot
from parallax.model.plain import json_text
from parallax.notify.attributes import Attributes
from parallax.notify.publication import Publication

MESSAGE_LIMIT = 250_000
"""Bytes of one message; SNS accepts 262,144, attributes included."""
NAME_LIMIT = 128
"""Characters of a message group's name, or of a deduplication id."""


class FindingsRoute:
    """The findings topic: everything that is published.

    The findings queue and the queues of other subscribers get what they filter for.
    `source` names the stack; `link` returns the page of an alert's incident.
    """

    name = "queue"
    """Earlier releases sent to the queue itself, and their marks have this name."""

    def __init__(self, arn: str, source: str, link: Link = no_link) -> None:
        self.arn = arn
        self.source = source
        self._link = link

    def wants(self, publication: Publication) -> bool:  # noqa: ARG002 - of the protocol
        """Return that everything is published."""
        return True

    def send(self, publication: Publication) -> None:
        """Send a CloudEvent; SNS drops duplicates of the last five minutes."""
        text, filters = message(publication, self.source, self._link)
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


def message(
    publication: Publication, source: str, link: Link = no_link
) -> tuple[str, Attributes]:
    """Return the topic's message: a CloudEvent, and what a subscription can filter on.

    A finding that is too large loses its snapshot.
    """
    from parallax.notify.event_attributes import (  # noqa: PLC0415 - mails do not need it
        event_attributes,
    )

    event = _event(publication, source, link)
    text, filters = json_text(event), event_attributes(event)
    if isinstance(publication, Finding) and len(text.encode()) > MESSAGE_LIMIT:
        small = without_snapshot(publication, "findings topic")
        return json_text(_event(small, source, link)), filters
    return text, filters


def _event(publication: Publication, source: str, link: Link) -> dict[str, Any]:
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

    page = link(publication)
    event = alert_event(publication, render(publication, page), source)
    if page is not None:
        event["data"]["link"] = page
    return event


def group(name: str) -> str:
    """Return a group name that SQS accepts: ASCII, and unique for each name."""
    written = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
    if written == name and len(name) <= NAME_LIMIT:
        return name
    digest = sha256(name.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{written[-(NAME_LIMIT - 17) :]}-{digest}"
