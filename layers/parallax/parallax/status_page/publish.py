"""Publish: one run of the status page.

In: the targets, what the tables hold, a destination, an instant. Out: three files.
It does not: write anything if nothing changed since the last run, except once an hour,
so that a reader sees that the page is kept up to date, and in each run while an
incident is open.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import floor

from parallax.model.target import Target
from parallax.overview.sources import Facts
from parallax.overview.state import states
from parallax.status_page.destination import Destination
from parallax.status_page.feed import feed
from parallax.status_page.incidents import next_incidents
from parallax.status_page.page import status_page
from parallax.status_page.public import PublicTarget, public_targets
from parallax.status_page.status_file import (
    ServiceStatus,
    StatusFile,
    read_status,
    write_status,
)
from parallax.uptime.objective import uptime
from parallax.uptime.tally import Tally

AGAIN = timedelta(hours=1)
"""Age at which the files are written again although nothing changed."""
AGAIN_OPEN = timedelta(minutes=4)
"""The same while an incident is open: the page says how long it lasts. The stack
publishes every five minutes."""
log = logging.getLogger(__name__)


class NothingPublicError(ValueError):
    """No target has `public:`."""


class NotKnownError(Exception):
    """The newest probes or the uptime cannot be read; the last page stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Title and address of a page; the address ends with `/`."""

    title: str
    url: str


def publish(
    site: Site,
    targets: Sequence[Target],
    facts: Facts,
    where: Destination,
    now: datetime,
) -> bool:
    """Write the files; say whether anything was written.

    Raises `NothingPublicError`, `NotKnownError`, `StatusFileError` if the `status.json`
    of the destination is not one of an earlier run, and what the destination raises.
    """
    if not any(target.public for target in targets):
        raise NothingPublicError("no target of the file has `public:`")
    if facts.problems:
        raise NotKnownError(" ".join(facts.problems))
    stored = where.read("status.json")
    last = read_status(stored) if stored is not None else None
    found = states(targets, facts.board, facts.newest, now)
    services = public_targets(targets, found, facts.days, now, facts.until)
    incidents = next_incidents(last.incidents if last else (), services, now)
    file = StatusFile(
        title=site.title,
        updated_at=now,
        services=tuple(map(_status, services)),
        incidents=incidents,
    )
    if last and _unchanged(last, file):
        return False
    # The memory of the next run comes first: if a later write fails, nothing is lost.
    where.write("status.json", write_status(file))
    where.write("feed.xml", feed(site.title, site.url, incidents, now))
    page = status_page(site.title, services, incidents, now, facts.until)
    where.write("index.html", page.encode())
    log.info("status page was written", extra={"services": len(services)})
    return True


def _unchanged(last: StatusFile, now: StatusFile) -> bool:
    is_open = any(one.resolved_at is None for one in now.incidents)
    again = AGAIN_OPEN if is_open else AGAIN
    recent = timedelta() <= now.updated_at - last.updated_at < again
    return recent and replace(last, updated_at=now.updated_at) == now


def _status(one: PublicTarget) -> ServiceStatus:
    share = uptime(one.tallies)
    return ServiceStatus(
        title=one.title,
        group=one.group,
        status=one.service.value,
        uptime=None if share is None else floor(share * 10_000 + 1e-9) / 100,
        outage_minutes=tuple(_minutes(tally) for tally in one.tallies),
    )


def _minutes(tally: Tally) -> int | None:
    """Return the minutes of outage, at least one if there was any."""
    if not tally.observed:
        return None
    return -(-tally.outage // 60)
