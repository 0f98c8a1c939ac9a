"""Case: one foreign cluster state with the label that its authors gave it.

In: what a converter read. Out: a plain value. It does not: judge.
"""

from dataclasses import dataclass

from parallax.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case: a snapshot, or why it cannot be converted to one."""

    id: str
    label: str
    snapshot: Snapshot | None = None
    left_out: str | None = None
