"""Recorded: the lab's runs of every fault, as labeled cases.

In: events/diagnose/<lab fault>.json. Out: snapshots with labels.
It does not: run the lab.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from bench.accuracy.label import NONE, Label
from faults import LAB_FAULTS
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.snapshot import Snapshot
from parallax.model.wire import decode

EVENTS = Path(__file__).parents[2] / "events" / "diagnose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One recorded run with its label."""

    id: str
    label: Label
    snapshot: Snapshot


def recorded() -> list[Recorded]:
    """Return every recorded run."""
    return [_read(path) for path in sorted(EVENTS.glob("*.json"))]


def _read(path: Path) -> Recorded:
    data = json.loads(path.read_text(encoding="utf-8"))
    return Recorded(
        id=f"lab-{path.stem}",
        label=label_for(path.stem),
        snapshot=decode(Snapshot, data["snapshot"]),
    )


def label_for(name: str) -> Label:
    """Return the label of a recording: the cause that the fault table has for it.

    A recording of no fault in the table is a look-alike: nothing may be blamed.
    """
    row = LAB_FAULTS.get(name)
    if row is None:
        quiet = frozenset({NONE, NOT_ESTABLISHED})
        return Label(cause=NONE, class_=None, accept=quiet)
    accept = frozenset({row.cause})
    return Label(cause=row.cause, class_=row.class_.value, accept=accept)
