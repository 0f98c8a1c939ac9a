"""Publication: what one item of the incidents table publishes.

In: an incident or an advice record from the table's stream. Out: its finding or its
advice events, in order.
It does not: choose the destination; `parallax.notify.routes` does.
"""

from parallax.model.advice import AdviceEvent, AdviceRecord
from parallax.model.finding import Finding, Incident

type Publication = Finding | AdviceEvent
"""Both have an `id` of their own and a `target`, their subject."""


def publications(item: Incident | AdviceRecord) -> tuple[Publication, ...]:
    """Return what an item publishes, oldest first."""
    if isinstance(item, AdviceRecord):
        return item.events
    return (item.finding,) if item.finding else ()


def is_new(item: Incident | AdviceRecord) -> bool:
    """Return whether this version of the item added what it publishes.

    An incident keeps its last finding; its later versions repeat that.
    """
    if isinstance(item, AdviceRecord):
        return True
    return item.found_in is None or item.found_in == item.version
