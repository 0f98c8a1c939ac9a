"""Replay: the finding that a saved snapshot leads to, on any machine.

In: a snapshot. Out: what the queue's message would hold as `data`, without the
snapshot itself. It does not: know the incident it was taken from; the finding is
that of an incident which begins with this snapshot.
"""

from dataclasses import replace
from typing import Any

from parallax.diagnose.judge import judge
from parallax.model.snapshot import Snapshot
from parallax.model.wire import encode
from parallax.notify.event import cloud_event
from parallax.story.incident import advance
from parallax.story.rules import Rules


def replay(snapshot: Snapshot) -> dict[str, Any]:
    """Judge a snapshot and return its finding; a healthy one has no state."""
    judgement = judge(snapshot)
    rules = Rules(settle_seconds=snapshot.settle_seconds)
    incident = advance(None, judgement, snapshot, rules=rules)
    if incident is None or incident.finding is None:
        nobody = {"target": snapshot.target.name, "state": None}
        nobody |= {"class": None, "hop": None}
        return nobody | encode(replace(judgement, settling=None)) | {"settling": False}
    found = cloud_event(replace(incident.finding, snapshot=None))["data"]
    return {name: value for name, value in found.items() if name != "snapshot"}
