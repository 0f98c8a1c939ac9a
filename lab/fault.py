"""Fault: one failure, read from a file named after the cause it should lead to.

In: `faults/<cause-id>.yaml` (or `<cause-id>-<variant>.yaml`), `oddities/<name>.yaml`,
several joined: `lb-no-target+oddity:scanner`. Out: what it does in words, whom it
hits, the actions. It does not: act; `lab.verbs` does. Adding a file adds a fault.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lab.case import Case, load

FAULTS = Path(__file__).parent / "faults"
ODDITIES = Path(__file__).parent / "oddities"
ODDITY = "oddity:"
"""What is odd and harms nobody, so that it must not change whom is blamed."""


class FaultError(ValueError):
    """A fault that does not exist or cannot be read."""


class FaultFile(BaseModel):
    """The file's keys. An action is one verb with its arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str
    hits: dict[str, str] = Field(default_factory=dict[str, str])
    """Role of an app -> cause that should be named; an oddity hits none."""
    hides: list[str] = Field(default_factory=list[str])
    """Roles whose users stay well, whatever else is hit: their page is stored."""
    intermittent: bool = False
    """Whether some requests still succeed, so that one probe may miss it."""
    inject: list[dict[str, dict[str, Any]]] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as it stands for one case: `expected` is target name -> cause."""

    id: str
    description: str
    expected: dict[str, str]
    actions: tuple[tuple[str, dict[str, Any]], ...]
    intermittent: bool = False


def fault_ids() -> tuple[str, ...]:
    """Return the ids of all faults."""
    return tuple(sorted(path.stem for path in FAULTS.glob("*.yaml")))


def oddity_ids() -> tuple[str, ...]:
    """Return the ids of all oddities, as they are joined to a fault."""
    return tuple(sorted(ODDITY + path.stem for path in ODDITIES.glob("*.yaml")))


def load_fault(fault_id: str, case: Case | None = None) -> Fault:
    """Read a fault, or several joined by `+`, for a case (none: the default case).

    A role the case does not have is left out; if that leaves none, it is refused.
    Oddities come about first, then the faults in the order they are named. Of two
    that hit one target the outer one is expected. Raises FaultError.
    """
    case = case or load()
    parts = sorted(fault_id.split("+"), key=lambda part: not part.startswith(ODDITY))
    files = {part: _read(part) for part in parts}
    actions = [a for file in files.values() for a in file.inject]
    return Fault(
        fault_id,
        " ".join(file.description.strip() for file in files.values()),
        _expected(fault_id, files, case),
        tuple(pair for action in actions for pair in action.items()),
        any(file.intermittent for file in files.values()),
    )


def _read(part: str) -> FaultFile:
    known = fault_ids() + oddity_ids()
    if part not in known:
        raise FaultError(f"no fault {part!r}; there are: {', '.join(known)}")
    folder = ODDITIES if part.startswith(ODDITY) else FAULTS
    path = folder / f"{part.removeprefix(ODDITY)}.yaml"
    try:
        file = FaultFile.model_validate(yaml.safe_load(path.read_text()))
    except (ValidationError, yaml.YAMLError) as error:
        raise FaultError(f"{path}: {error}") from error
    if bool(file.hits) == part.startswith(ODDITY):
        raise FaultError(f"{path}: a fault hits somebody, an oddity hits nobody")
    return file


def _expected(fault_id: str, files: dict[str, FaultFile], case: Case) -> dict[str, str]:
    """Return target name -> the cause that should be named."""
    hits = [hit for file in files.values() for hit in file.hits.items()]
    hidden = {role for file in files.values() for role in file.hides}
    expected: dict[str, str] = {}
    for app in case.apps:
        causes = [cause for role, cause in hits if role == app.role]
        if causes and app.role not in hidden:
            expected[app.name] = _outermost(causes)
    if hits and not expected:
        roles = ", ".join(sorted({role for role, _ in hits}))
        raise FaultError(f"{fault_id} hits {roles}: not in {case.name}, or hidden")
    return expected


def _outermost(causes: list[str]) -> str:
    """Return the cause that users meet first; one Parallax does not know comes last."""
    if len(causes) == 1:
        return causes[0]
    from parallax.causes import CAUSES  # noqa: PLC0415 - one fault alone needs no order

    order = [cause.id for cause in CAUSES]
    return min(causes, key=lambda c: order.index(c) if c in order else len(order))
