"""Fault: one failure, read from a file named after the cause it should lead to.

In: `faults/<cause-id>.yaml` (or `<cause-id>-<variant>.yaml`), `oddities/<name>.yaml`,
several joined: `lb-no-target+oddity:scanner`. Out: what it does in words, whom it
hits, the actions. It does not: act; `lab.verbs` does. Adding a file adds a fault.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lab.case import Case, load
from lab.parts import BalancerService

FAULTS = Path(__file__).parent / "faults"
ODDITIES = Path(__file__).parent / "oddities"
ODDITY = "oddity:"
"""What is odd and harms nobody, so that it must not change whom is blamed."""


class FaultError(ValueError):
    """A fault that does not exist or cannot be read."""


class Needs(BaseModel):
    """What a case must have for a fault to come about in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: int = 2
    ingress: Literal["nginx", "traefik"] | None = None
    """The kind of ingress, where a fault lies in one kind's own settings."""
    policy: Literal["Cluster", "Local"] | None = None
    """The ingress Service's externalTrafficPolicy, as the case has it."""
    users_meet_it: bool = False
    """Whether no health check may ask for a host of ours: it would take the targets
    out for what users should meet."""

    def lacking(self, case: Case) -> str | None:
        """Say what a case lacks; None: nothing."""
        kind, policy = case.ingress.kind, case.ingress.external_traffic_policy
        if len(case.nodes) < self.nodes:
            return f"{self.nodes} nodes, {case.name} has {len(case.nodes)}"
        if self.ingress not in {None, kind}:
            return f"an ingress of the kind {self.ingress}, {case.name} has {kind}"
        if self.policy not in {None, policy}:
            return f"the policy {self.policy}, {case.name} has {policy}"
        if self.users_meet_it and any(map(_asks_an_app, case.balancer.services)):
            return f"health checks that ask for no host, {case.name} has one that does"
        return None


def _asks_an_app(service: BalancerService) -> bool:
    http = service.health_check.http
    return http is not None and http.domain is not None


class FaultFile(BaseModel):
    """The file's keys. An action is one verb with its arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str
    hits: dict[str, str] = Field(default_factory=dict[str, str])
    """Role of an app -> cause that should be named; an oddity hits none."""
    subjects: dict[str, str] = Field(default_factory=dict[str, str])
    """Subject of an incident that is no target's -> its cause: what hits no user."""
    needs: Needs = Needs()
    hides: list[str] = Field(default_factory=list[str])
    """Roles whose users stay well, whatever else is hit: their page is stored."""
    intermittent: bool = False
    """Whether some requests still succeed, so that one probe may miss it."""
    inject: list[dict[str, dict[str, Any]]] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as it stands for one case.

    `expected` is the subject of an incident -> its cause: a target's name, or what
    the file says of the stack (`stack/probe`).
    """

    id: str
    description: str
    expected: dict[str, str]
    actions: tuple[tuple[str, dict[str, Any]], ...]
    intermittent: bool = False


def fault_ids(case: Case | None = None) -> tuple[str, ...]:
    """Return the ids of all faults, or of those that can come about in a case."""
    return _fitting((path.stem for path in FAULTS.glob("*.yaml")), case)


def oddity_ids(case: Case | None = None) -> tuple[str, ...]:
    """Return the ids of all oddities, as they are joined to a fault; as `fault_ids`."""
    return _fitting((ODDITY + path.stem for path in ODDITIES.glob("*.yaml")), case)


def _fitting(ids: Iterable[str], case: Case | None) -> tuple[str, ...]:
    fits = (i for i in ids if case is None or _read(i).needs.lacking(case) is None)
    return tuple(sorted(fits))


def load_fault(fault_id: str, case: Case | None = None) -> Fault:
    """Read a fault, or several joined by `+`, for a case (none: the default case).

    A role the case does not have is left out; if that leaves none, it is refused, as
    is a fault that cannot come about in the case.
    Oddities come about first, then the faults in the order they are named. Of two
    that hit one target the outer one is expected. Raises FaultError.
    """
    case = case or load()
    parts = sorted(fault_id.split("+"), key=lambda part: not part.startswith(ODDITY))
    files = {part: _read(part) for part in parts}
    for part, file in files.items():
        if lacking := file.needs.lacking(case):
            raise FaultError(f"{part} needs {lacking}")
    actions = [a for file in files.values() for a in file.inject]
    return Fault(
        fault_id,
        " ".join(file.description.strip() for file in files.values()),
        _expected(fault_id, files, case),
        tuple(pair for action in actions for pair in action.items()),
        any(file.intermittent for file in files.values()),
    )


def _read(part: str) -> FaultFile:
    folder = ODDITIES if part.startswith(ODDITY) else FAULTS
    path = folder / f"{part.removeprefix(ODDITY)}.yaml"
    if path not in folder.glob("*.yaml"):
        known = ", ".join(fault_ids() + oddity_ids())
        raise FaultError(f"no fault {part!r}; there are: {known}")
    try:
        file = FaultFile.model_validate(yaml.safe_load(path.read_text()))
    except (ValidationError, yaml.YAMLError) as error:
        raise FaultError(f"{path}: {error}") from error
    if bool(file.hits or file.subjects) == part.startswith(ODDITY):
        raise FaultError(f"{path}: a fault hits somebody, an oddity hits nobody")
    return file


def _expected(fault_id: str, files: dict[str, FaultFile], case: Case) -> dict[str, str]:
    """Return the subject of each incident -> the cause that should be named."""
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
    for file in files.values():
        expected |= file.subjects
    return expected


def _outermost(causes: list[str]) -> str:
    """Return the cause that users meet first; one Parallax does not know comes last."""
    if len(causes) == 1:
        return causes[0]
    from parallax.causes import CAUSES  # noqa: PLC0415 - one fault alone needs no order

    order = [cause.id for cause in CAUSES]
    return min(causes, key=lambda c: order.index(c) if c in order else len(order))
