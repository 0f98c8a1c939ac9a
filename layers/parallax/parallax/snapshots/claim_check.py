"""Claim check: a new finding refers to its snapshot instead of containing it.

In: an incident before it is stored. Out: the same with a reference in its finding, or
with the reason why there is none. Without a bucket the snapshot stays in the finding.
It does not: hold back a finding, or change one that was published.
Source: Hohpe and Woolf, "Enterprise Integration Patterns", Claim Check.
"""

import logging
from dataclasses import replace

from parallax.model.finding import Incident, SnapshotRef
from parallax.model.snapshot import Snapshot
from parallax.snapshots.bucket import Bucket, NotStoredError

log = logging.getLogger(__name__)


class ClaimCheck:
    """The claim checks of one invocation.

    A judgement moves several incidents with one snapshot, and repeats a move after a
    conflict. So the last snapshot is stored once, and fails once.
    """

    def __init__(self, bucket: Bucket | None) -> None:
        self._bucket = bucket
        self._last: tuple[Snapshot, SnapshotRef | None, str | None] | None = None

    def check_in(self, incident: Incident) -> Incident:
        """Return an incident whose new finding has a reference, not a snapshot."""
        finding = incident.finding
        is_new = incident.found_in == incident.version + 1
        if self._bucket is None or finding is None or not is_new:
            return incident
        snapshot = finding.snapshot
        if snapshot is None:
            return incident
        if self._last is None or self._last[0] is not snapshot:
            self._last = snapshot, *_stored(self._bucket, snapshot)
        _, reference, problem = self._last
        checked = replace(
            finding,
            snapshot=None,
            snapshot_ref=reference,
            snapshot_problem=problem,
        )
        return replace(incident, finding=checked)


def _stored(
    bucket: Bucket, snapshot: Snapshot
) -> tuple[SnapshotRef | None, str | None]:
    """Return the reference of a snapshot, or the reason why it has none."""
    try:
        return bucket.save(snapshot), None
    except NotStoredError as error:
        facts = {"target": snapshot.target.name, "reason": str(error)}
        log.error("snapshot was not stored", extra=facts)  # noqa: TRY400 - the reason is enough
        return None, f"The snapshot was not stored: {error}."
