"""Shrink: incidents that ended, without what only their last finding needed.

In: the incidents, an instant. Out: the subjects whose items became smaller. It covers
incidents of earlier releases and of stacks without a bucket, which hold a snapshot.
It does not: touch an open incident, or one that ended within the last hour. The stream
already holds the version with the finding, so nothing is lost to `notify`.
"""

from contextlib import suppress
from datetime import datetime

from parallax.incidents.items import ConflictError
from parallax.incidents.table import DynamoIncidents
from parallax.story.ending import shrink


def shrink_resolved(incidents: DynamoIncidents, now: datetime) -> list[str]:
    """Shrink each resolved incident that still holds its finding; return the subjects.

    An incident that another judgement changes at the same time is skipped. Raises
    botocore's errors; the next run continues.
    """
    shrunk: list[str] = []
    for name in incidents.large_resolved():
        incident = incidents.get(name)
        smaller = incident and shrink(incident, now)
        if smaller is None:
            continue
        with suppress(ConflictError):
            incidents.put(smaller)
            shrunk.append(name)
    return shrunk
