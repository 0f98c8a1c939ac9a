"""Fault: one failure, read from a file named after the cause it should lead to.

In: `faults/<cause-id>.yaml`. Out: what it does in words, whom it hits, the actions.
It does not: act; `lab.verbs` does. Adding a file adds a fault.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lab.case import Case, load

FAULTS = Path(__file__).parent / "faults"


class FaultError(ValueError):
    """A fault that does not exist or cannot be read."""


class FaultFile(BaseModel):
    """The file's keys. An action is one verb with its arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str
    hits: dict[str, str] = Field(min_length=1)
    """Role of an app -> the cause that should be named for its target."""
    inject: list[dict[str, dict[str, Any]]] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as it stands for one case: `expected` is target name -> cause."""

    id: str
    description: str
    expected: dict[str, str]
    actions: tuple[tuple[str, dict[str, Any]], ...]


def fault_ids() -> tuple[str, ...]:
    """Return the ids of all faults."""
    return tuple(sorted(path.stem for path in FAULTS.glob("*.yaml")))


def load_fault(fault_id: str, case: Case | None = None) -> Fault:
    """Read a fault for a case (the default case if none is given).

    A role the case does not have is left out; if that leaves none, it is refused.
    Raises FaultError.
    """
    path = FAULTS / f"{fault_id}.yaml"
    if fault_id not in fault_ids():
        known = ", ".join(fault_ids())
        raise FaultError(f"no fault {fault_id!r}; there are: {known}")
    case = case or load()
    try:
        file = FaultFile.model_validate(yaml.safe_load(path.read_text()))
    except (ValidationError, yaml.YAMLError) as error:
        raise FaultError(f"{path}: {error}") from error
    names = {app.role: app.name for app in case.apps}
    expected = {names[r]: cause for r, cause in file.hits.items() if r in names}
    if not expected:
        raise FaultError(f"{fault_id} hits {', '.join(file.hits)}: not in {case.name}")
    actions = tuple(pair for action in file.inject for pair in action.items())
    return Fault(fault_id, file.description.strip(), expected, actions)
