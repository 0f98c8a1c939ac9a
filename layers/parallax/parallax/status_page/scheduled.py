"""Scheduled: the status page of a stack that publishes it by itself.

In: the settings, the targets. Out: whether anything was written to the bucket.
It does not: run while the stack's parameter `StatusPageBucket` is empty.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from parallax.model.target import Target
from parallax.overview.sources import Sources
from parallax.settings import Settings
from parallax.status_page.destination import Bucket
from parallax.status_page.publish import Site, publish


def publish_status_page(settings: Settings, targets: Sequence[Target]) -> bool:
    """Write the page to the stack's bucket; raises as `publish` does."""
    sources = Sources(
        incidents=settings.need("incidents_table"),
        journal=settings.journal_table,
        uptime=settings.uptime_table,
    )
    site = Site(
        title=settings.status_page_title, url=f"{settings.need('status_page_url')}/"
    )
    bucket = Bucket(settings.need("status_page_bucket"))
    return publish(site, targets, sources.read(targets), bucket, datetime.now(UTC))
