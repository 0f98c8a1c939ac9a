"""Address: the URL of a group's page, for a mail.

In: an alert, the address of `functions/report`. Out: a URL that works for 14 days.
It does not: delay or stop a mail: one without a link is better than none.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from parallax.links.key import LinkKey
from parallax.links.signature import Signer
from parallax.model.alert import Alert
from parallax.settings import Settings

type Link = Callable[[Alert], str | None]
"""Returns the address of an alert's page; None: it has none."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one stack's pages; `url` is the function's, without a `/`."""

    key: LinkKey
    url: str

    def of(self, alert: Alert) -> str | None:
        """Return the address of an alert's group; None if the key cannot be read.

        One that became part of another group leads to that one.

        It depends only on the alert, so that a repeated mail has the same link.
        """
        try:
            signer = Signer(stack=self.key.table, key=self.key.read_or_create())
            group = alert.merged_into or alert.group
            return f"{self.url}{signer.sign(group, alert.at).path}"
        except Exception:
            log.exception("link was left out", extra={"group": alert.group})
            return None


def no_link(_: Alert) -> None:
    """Return that an alert has no page."""


def open_addresses(settings: Settings) -> Addresses | None:
    """Return a stack's addresses; None if its mails have no links."""
    table, url = settings.incidents_table, settings.report_url
    return Addresses(LinkKey(table), url) if table and url else None
