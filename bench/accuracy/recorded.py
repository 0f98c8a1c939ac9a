"""Recorded: the lab's runs of every fault, as labeled cases.

In: events/diagnose/<cause>[-<variant>].json. Out: snapshots with labels.
It does not: play the lab.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from bench.accuracy.faults import CLASSES
from bench.accuracy.label import Label
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
    """Read one; the longest cause that its name begins with is its label."""
    fitting = [c for c in CLASSES if path.stem == c or path.stem.startswith(f"{c}-")]
    cause = max(fitting, key=len) if fitting else path.stem
    label = Label(cause=cause, class_=CLASSES.get(cause), accept=frozenset({cause}))
    data = json.loads(path.read_text(encoding="utf-8"))
    return Recorded(
        id=f"lab-{path.stem}", label=label, snapshot=decode(Snapshot, data["snapshot"])
    )
