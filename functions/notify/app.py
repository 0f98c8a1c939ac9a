"""Notify: publishes findings to the queue, and turns of an incident by mail.

In: records of the incidents' stream; by hand, `{"finding": {…}}`, which prints
what would go out. Out: messages. It does not: decide what is worth a mail.
"""

from typing import Any

from parallax import settings
from parallax.incidents.advice import from_image
from parallax.logs import open_log, with_context
from parallax.model.advice import AdviceRecord
from parallax.model.finding import Finding, Incident
from parallax.model.wire import decode
from parallax.notify.publish import NotPublishedError, Publisher, preview
from parallax.stream import bury, contents

found = settings.read()
log = open_log()


@with_context(log)
def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Publish each record's finding; a refusal that may pass brings the batch again.

    Parts that went out are marked, so that coming again repeats nothing.
    """
    if "finding" in event:
        return preview(decode(Finding, event["finding"]))
    publisher = Publisher.configured(found)
    published: dict[str, tuple[str, ...]] = {}
    later: list[NotPublishedError] = []
    records = contents(event, from_image, found.dead_letters_url)
    for record, told in records:
        try:
            published |= _publish(publisher, told)
        except NotPublishedError as refusal:
            if refusal.hopeless:
                bury(record, str(refusal), found.dead_letters_url)
            else:
                later.append(refusal)
    log.info("findings published", findings=published)
    if later:
        raise ExceptionGroup("refused for now, comes again", later)
    return {"published": published}


def _publish(
    publisher: Publisher, told: Incident | AdviceRecord
) -> dict[str, tuple[str, ...]]:
    """Publish what an item of the table tells; return by id where it went."""
    if isinstance(told, AdviceRecord):
        return {news.id: publisher.advise(news) for news in told.news}
    finding = told.finding
    return {finding.id: publisher.publish(finding)} if finding else {}
