"""Replay: the finding of a saved snapshot, on any machine.

In: a snapshot. Out: the `data` of the queue's message, without the snapshot itself.
It does not: use the incident of that time; the finding is that of an incident that
begins with this snapshot.
"""

from dataclasses import replace
from typing import Any

from parallax.diagnose.judge import judge
from parallax.model.snapshot import Snapshot
from parallax.model.wire import encode
from parallax.notify.event import cloud_event
from parallax.story.incident import advance
from parallax.story.rules import Rules

SOURCES = ("snapshot", "snapshot_ref", "snapshot_problem")
"""Fields of an event that carry the snapshot or refer to it."""


def replay(snapshot: Snapshot) -> dict[str, Any]:
    """Judge a snapshot and return its finding; its state is null if it is healthy."""
    judgement = judge(snapshot)
    rules = Rules(settle_seconds=snapshot.settle_seconds)
    incident = advance(None, judgement, snapshot, rules=rules)
    if incident is None or incident.finding is None:
        healthy = {"target": snapshot.target.name, "state": None}
        healthy |= {"class": None, "hop": None}
        return healthy | encode(replace(judgement, settling=None)) | {"settling": False}
    data = cloud_event(replace(incident.finding, snapshot=None))["data"]
    return {name: value for name, value in data.items() if name not in SOURCES}
