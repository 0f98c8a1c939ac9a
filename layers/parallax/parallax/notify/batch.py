"""Batch: one invocation of `notify`, for all of its configured routes.

In: an event of the incidents table's stream, or the call of each minute that sends
waiting records. Out: Lambda's partial batch response, or the published ids. If it has
the alerts topic, it also keeps the groups. A record at which an earlier process ended
is a dead letter, so that the records behind it do not wait (docs/decisions/0032).
It does not: depend on what a route does with a publication.
"""

import logging
from collections.abc import Callable
from typing import Any

from parallax.model.finding import Incident
from parallax.notify.begun import Begun, is_new, name_of
from parallax.notify.delivery import Delivery
from parallax.notify.grouping import Grouping
from parallax.notify.publication import from_image
from parallax.notify.routes import configured
from parallax.settings import Settings
from parallax.stream import Record, process, read, send_to_dead_letters
from parallax.tracing import part

ENDED = "the function ended at this record: out of memory, timeout, or killed"
"""The reason in the dead letter."""
log = logging.getLogger(__name__)


def deliver(event: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Publish each record over each route; return the records to retry."""
    is_redrive = bool(event.get("redrive"))
    deliveries = _deliveries(settings, is_redrive=is_redrive)
    grouping = Grouping(settings) if settings.alerts_topic_arn else None
    if grouping is not None:
        grouping.take_all([one for one in event.get("Records", ()) if is_new(one)])
    begun = Begun(settings.need("incidents_table"))

    def take(record: Record) -> None:
        if is_redrive or is_new(record):
            handle(record)
            return
        with begun.begin(name_of(record)) as may_begin:
            if may_begin:
                handle(record)
            else:
                send_to_dead_letters(record, ENDED, settings.dead_letters_url)

    def handle(record: Record) -> None:
        item = read(record, from_image, settings.dead_letters_url)
        if item is None:
            return
        with part("publish", subject=item.subject):
            if grouping is not None and isinstance(item, Incident):
                grouping.take(record, item)
            _each(
                deliveries,
                lambda delivery: delivery.deliver(record, item),
                f"{item.subject}: not published",
            )

    response = process(event, take)
    _report(deliveries)
    return response


def deliver_waiting(settings: Settings) -> dict[str, Any]:
    """Send the waiting records of each route; raises if any still waits.

    Groups also change with the time. Neither stops the other.
    """
    deliveries = _deliveries(settings)
    steps = [delivery.deliver_waiting for delivery in deliveries]
    if settings.alerts_topic_arn:
        steps.append(Grouping(settings).tick)
    try:
        _each(steps, lambda step: step(), "some records are still waiting")
    finally:
        _report(deliveries)
    return {"published": {d.route.name: d.sent for d in deliveries}}


def _deliveries(settings: Settings, *, is_redrive: bool = False) -> list[Delivery]:
    table = settings.need("incidents_table")
    letters = settings.dead_letters_url
    return [
        Delivery(route, table, letters, is_redrive=is_redrive)
        for route in configured(settings)
    ]


def _each[T](parts: list[T], step: Callable[[T], None], problem: str) -> None:
    """Take a step on each part; raise at the end what the steps raised."""
    errors: list[Exception] = []
    for one in parts:
        try:
            step(one)
        except Exception as error:  # noqa: BLE001 - one route does not stop the others
            errors.append(error)
    if errors:
        raise ExceptionGroup(problem, errors)


def _report(deliveries: list[Delivery]) -> None:
    for delivery in deliveries:
        if delivery.sent:
            facts = {"route": delivery.route.name, "publications": delivery.sent}
            log.info("records were published", extra=facts)
