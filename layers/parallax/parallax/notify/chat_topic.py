"""Chat topic: alerts for Slack and Teams by Amazon Q Developer in chat applications.

In: publications. Out: messages on the chat topic, in the format of
`parallax.notify.chat`.
It does not: use the alerts topic: Amazon Q Developer drops what has another format.
"""

from parallax.aws import client
from parallax.links.address import Link, no_link
from parallax.model.alert import Alert
from parallax.notify.publication import Publication


class ChatRoute:
    """The chat topic: a message for each alert that nobody muted."""

    name = "chat"

    def __init__(self, arn: str, link: Link = no_link) -> None:
        self.arn = arn
        self._link = link

    def wants(self, publication: Publication) -> bool:
        """Return whether people shall learn it."""
        return isinstance(publication, Alert) and not publication.muted

    def send(self, publication: Publication) -> None:
        """Publish the message of an alert."""
        from parallax.notify.chat import chat  # noqa: PLC0415 - few stacks need it

        assert isinstance(publication, Alert)  # noqa: S101 - `wants` checked it
        text = chat(publication, self._link(publication))
        client("sns").publish(TopicArn=self.arn, Message=text)

    def check(self) -> None:
        """Read the topic's attributes."""
        client("sns").get_topic_attributes(TopicArn=self.arn)
