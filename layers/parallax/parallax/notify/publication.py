"""Publication: what one item of the incidents table publishes.

In: an incident, an advice record or an alert from the table's stream. Out: its finding,
its advice events in order, or the alert.
It does not: choose the destination; `parallax.notify.routes` does.
"""

from collections.abc import Mapping
from typing import Any

from parallax.groups.table import KIND, alert_in
from parallax.incidents.advice import from_image as incident_or_advice
from parallax.model.advice import AdviceEvent, AdviceRecord
from parallax.model.alert import Alert
from parallax.model.finding import Finding, Incident
from parallax.model.packed import in_clear

type Publication = Finding | AdviceEvent | Alert
"""Each has an `id` of its own and a `target`, its subject."""
type Published = Incident | AdviceRecord | Alert
"""What an item of the table holds."""


def from_image(image: Mapping[str, Any]) -> Published:
    """Return what an item of the table, or a stream record's new image, holds.

    Raises `UnreadableError`, and nothing else, if it holds none of these.
    """
    if in_clear(image, "kind") == KIND:
        return alert_in(image)
    return incident_or_advice(image)


def publications(item: Published) -> tuple[Publication, ...]:
    """Return what an item publishes, oldest first."""
    if isinstance(item, Alert):
        return (item,)
    if isinstance(item, AdviceRecord):
        return item.events
    return (item.finding,) if item.finding else ()


def is_new(item: Published) -> bool:
    """Return whether this version of the item added what it publishes.

    An incident keeps its last finding; its later versions repeat that.
    """
    if not isinstance(item, Incident):
        return True
    return item.found_in is None or item.found_in == item.version
