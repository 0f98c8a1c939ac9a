"""Snapshots: the snapshot of a finding, read from the stack's bucket.

In: a finding as the queue delivers it. Out: the same finding with its snapshot, which
stays usable after the stage has stopped.
It does not: use another way than a subscriber of the queue does.
"""

from typing import Any

from parallax.model.finding import SnapshotRef
from parallax.model.wire import decode, encode
from parallax.snapshots.download import fetch


def with_snapshot(finding: dict[str, Any]) -> dict[str, Any]:
    """Return a finding that contains the snapshot that it refers to, if any.

    Raises `parallax.snapshots.download.DownloadError`.
    """
    data = finding["data"]
    reference = data.get("snapshot_ref")
    if reference is None:
        return finding
    snapshot = fetch(decode(SnapshotRef, reference))
    return finding | {"data": data | {"snapshot": encode(snapshot)}}
