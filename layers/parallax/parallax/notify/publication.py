"""Publication: what one item of the incidents table has to publish.

In: an incident or an advice record, as the table's stream shows it. Out: its findings
or advice news, in order.
It does not: know where they go; see `parallax.notify.routes`.
"""

from parallax.model.advice import AdviceNews, AdviceRecord
from parallax.model.finding import Finding, Incident

type Publication = Finding | AdviceNews
"""Both have an `id` of their own and a `target`, their subject."""


def publications(item: Incident | AdviceRecord) -> tuple[Publication, ...]:
    """Return what an item has to publish, oldest first; empty for nothing."""
    if isinstance(item, AdviceRecord):
        return item.news
    return (item.finding,) if item.finding else ()


def is_new(item: Incident | AdviceRecord) -> bool:
    """Return whether this version of the item brought what it publishes.

    An incident keeps its last finding while it moves on; its later versions repeat it.
    """
    if isinstance(item, AdviceRecord):
        return True
    return item.found_in is None or item.found_in == item.version
