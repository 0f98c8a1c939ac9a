"""Deliveries: deliveries of mails and events, each from a new container.

In: the emulated cloud, stream records. Out: what a delivery sent is in the cloud.
It does not: check anything.
"""

from typing import Any

from parallax.notify import marks
from parallax.notify.delivery import Delivery
from parallax.notify.findings_topic import FindingsRoute
from parallax.notify.publication import from_image
from parallax.notify.routes import TopicRoute
from parallax.settings import SOURCE


def to_topic(cloud: Any, **options: Any) -> Delivery:
    """Return a new invocation's delivery of mails."""
    route = TopicRoute(cloud.topic)
    return Delivery(route, cloud.incidents, cloud.dead_letters, **options)


def to_queue(cloud: Any) -> Delivery:
    """Return a new invocation's delivery of events."""
    return Delivery(
        FindingsRoute(cloud.findings, SOURCE), cloud.incidents, cloud.dead_letters
    )


def deliver(delivery: Delivery, *records: dict[str, Any]) -> None:
    """Deliver records as a batch does, in a new container without memory."""
    marks._sent.clear()
    for one in records:
        delivery.deliver(one, from_image(one["dynamodb"]["NewImage"]))


def deliver_waiting(delivery: Delivery) -> None:
    """Send waiting records, from a new container without memory."""
    marks._sent.clear()
    delivery.deliver_waiting()
