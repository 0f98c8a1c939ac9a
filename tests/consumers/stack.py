"""Stack: one stack's tables and queues, under today's code and a release's.

In: the emulator's places. Out: a release's functions on the same places, and records of
the tables' streams. It does not: judge or send.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from parallax.incidents.table import DynamoIncidents
from parallax.model.snapshot import Snapshot
from tests.consumers.release import Release

LAST = "0.1.0"


@dataclass
class Stack:
    """The emulator's tables, and the release's functions on them."""

    cloud: Any
    release: Release

    @property
    def incidents(self) -> DynamoIncidents:
        """Today's view of the incidents."""
        return DynamoIncidents(self.cloud.incidents)

    def watch(self, *snapshots: Snapshot) -> None:
        """Write the targets file, of these snapshots' targets and a healthy one."""
        rows = [("unaffected", "https://unaffected.example/")]
        rows += [(s.target.name, s.target.url) for s in snapshots]
        entries = [{"name": name, "url": url} for name, url in rows]
        self.release.targets.write_text(json.dumps({"targets": entries}))

    def records(self, table: str, *kinds: str) -> list[dict[str, Any]]:
        """Return the items of these kinds as records of the table's stream."""
        items = self.cloud.client("dynamodb").scan(TableName=table)["Items"]
        return [as_record(one) for one in items if one["kind"]["S"] in kinds]

    def letters(self) -> list[str]:
        """Return and remove the reasons of the dead letters."""
        found = self.cloud.messages(self.cloud.dead_letters)
        return [json.loads(text)["reason"] for text in found]


def as_record(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item as a record of its table's stream."""
    packed = {
        name: {"B": base64.b64encode(typed["B"]).decode()}
        for name, typed in item.items()
        if "B" in typed
    }
    return {"eventName": "MODIFY", "dynamodb": {"NewImage": item | packed}}
