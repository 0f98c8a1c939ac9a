"""Fault: one failure, read from its file, with its cause from the fault table.

In: `faults/<id>.yaml`, `look-alikes/<id>.yaml`, several joined with `+`:
`lb-no-target+look-alike:scanner`. Out: a description, which targets should get which
cause, the actions. It does not: act; `lab.verbs` does.
A file needs its row in the table: `LAB_FAULTS` or `LOOK_ALIKES` of `faults`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from faults import LAB_FAULTS, LOOK_ALIKES, TABLE
from lab.case import Case, load
from lab.parts import BalancerService, Kind

FAULTS = Path(__file__).parent / "faults"
LOOK_ALIKES_FOLDER = Path(__file__).parent / "look-alikes"
LOOK_ALIKE = "look-alike:"
"""Prefix of a harmless look-alike: it must not change which cause is named."""
OLD_PREFIX = "oddity:"  # codespell:ignore oddity
"""The prefix that look-alikes had before; still accepted."""


class FaultError(ValueError):
    """A fault that does not exist or cannot be read."""


class Needs(BaseModel):
    """What a case must have so that a fault can be injected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nodes: int = 2
    ingress: Kind | tuple[Kind, ...] | None = None
    """The kinds of ingress that have the settings, or that pass the fault on."""
    policy: Literal["Cluster", "Local"] | None = None
    """The ingress Service's externalTrafficPolicy, as the case has it."""
    tls: Literal["balancer", "ingress"] | None = None
    """Who must end TLS for users without a CDN."""
    node_ports: bool = False
    """Whether the ingress must have NodePorts: kube-proxy's rules are for these."""
    overlay: bool = False
    """Whether the apps' pods must have addresses of their own, not their nodes'."""
    host_network: bool = False
    """Whether the apps' pods must have their nodes' addresses."""
    users_meet_it: bool = False
    """Whether no health check may send a host of the apps: it would mark the targets
    unhealthy before users get the response of the fault."""

    def lacking(self, case: Case) -> str | None:
        """Return what a case lacks; None: nothing."""
        name, kind = case.name, case.ingress.kind
        policy = case.ingress.external_traffic_policy
        one = self.ingress
        kinds = one if isinstance(one, tuple) else (one,) if one else ()
        hosted = any(app.host_network for app in case.apps)
        asked = any(map(_asks_an_app, case.balancer.services))
        found = (
            (
                len(case.nodes) < self.nodes,
                f"{self.nodes} nodes, {name} has {len(case.nodes)}",
            ),
            (
                self.ingress is not None and kind not in kinds,
                f"an ingress of the kind {' or '.join(kinds)}, {name} has {kind}",
            ),
            (
                self.policy not in {None, policy},
                f"the policy {self.policy}, {name} has {policy}",
            ),
            (
                self.tls not in {None, case.tls_owner},
                f"TLS that ends at the {self.tls}, in {name} at the {case.tls_owner}",
            ),
            (
                self.node_ports and case.ingress.host_ports,
                f"NodePorts of the ingress, {name} has ports of the nodes",
            ),
            (
                self.overlay and hosted,
                f"pods on the overlay, {name} has some with hostNetwork",
            ),
            (
                self.host_network and not hosted,
                f"pods on the host's network, {name} has none",
            ),
            (
                self.users_meet_it and asked,
                f"health checks that ask for no host, {name} has one that does",
            ),
        )
        return next((text for lacks, text in found if lacks), None)


def _asks_an_app(service: BalancerService) -> bool:
    http = service.health_check.http
    return http is not None and http.domain is not None


class FaultFile(BaseModel):
    """The file's keys. An action is one verb with its arguments."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: str
    hits: list[str] = Field(default_factory=list[str])
    """Roles of the apps whose users fail; a look-alike hits none."""
    subjects: list[str] = Field(default_factory=list[str])
    """Subjects of incidents that belong to no target, where no user fails."""
    needs: Needs = Needs()
    hides: list[str] = Field(default_factory=list[str])
    """Roles whose users are served whatever fails: the CDN stored their page."""
    intermittent: bool = False
    """Whether some requests still succeed, so that one probe may not show it."""
    inject: list[dict[str, dict[str, Any]]] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in one case.

    `expected` is the subject of an incident -> its cause: a target's name, or what
    the file says of the stack (`stack/probe`).
    """

    id: str
    description: str
    expected: dict[str, str]
    actions: tuple[tuple[str, dict[str, Any]], ...]
    intermittent: bool = False


def fault_ids(case: Case | None = None) -> tuple[str, ...]:
    """Return the ids of all faults, or of those that a case can have."""
    return _fitting(LAB_FAULTS, case)


def look_alike_ids(case: Case | None = None) -> tuple[str, ...]:
    """Return the ids of all look-alikes, as they are joined to a fault."""
    return _fitting((LOOK_ALIKE + one.id for one in LOOK_ALIKES if one.lab), case)


def _fitting(ids: Iterable[str], case: Case | None) -> tuple[str, ...]:
    fits = (i for i in ids if case is None or _read(i).needs.lacking(case) is None)
    return tuple(sorted(fits))


def load_fault(fault_id: str, case: Case | None = None) -> Fault:
    """Read a fault, or several joined by `+`, for a case (none: the default case).

    Roles that the case does not have are left out. If none is left, or if the case
    lacks what the fault needs, the fault is rejected.
    Look-alikes are injected first, then the faults in the order they are named. Of two
    that hit one target the outer one is expected. Raises FaultError.
    """
    case = case or load()
    fault_id = fault_id.replace(OLD_PREFIX, LOOK_ALIKE)
    parts = sorted(fault_id.split("+"), key=lambda p: not p.startswith(LOOK_ALIKE))
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
    if part not in {*LAB_FAULTS, *(LOOK_ALIKE + one.id for one in LOOK_ALIKES)}:
        known = ", ".join(fault_ids() + look_alike_ids())
        raise FaultError(f"no fault {part!r}; there are: {known}")
    harmless = part.startswith(LOOK_ALIKE)
    folder = LOOK_ALIKES_FOLDER if harmless else FAULTS
    path = folder / f"{part.removeprefix(LOOK_ALIKE)}.yaml"
    try:
        file = FaultFile.model_validate(yaml.safe_load(path.read_text()))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise FaultError(f"{path}: {error}") from error
    if bool(file.hits or file.subjects) == harmless:
        raise FaultError(f"{path}: a fault hits a role, a look-alike hits none")
    return file


def _expected(fault_id: str, files: dict[str, FaultFile], case: Case) -> dict[str, str]:
    """Return the subject of each incident -> the cause that should be named."""
    hits = [(role, part) for part, file in files.items() for role in file.hits]
    hidden = {role for file in files.values() for role in file.hides}
    expected: dict[str, str] = {}
    for app in case.apps:
        rows = [LAB_FAULTS[part] for role, part in hits if role == app.role]
        if rows and app.role not in hidden:
            expected[app.name] = min(rows, key=TABLE.index).cause
    if hits and not expected:
        roles = ", ".join(sorted({role for role, _ in hits}))
        raise FaultError(f"{fault_id} hits {roles}: not in {case.name}, or hidden")
    subjects = [(name, part) for part, file in files.items() for name in file.subjects]
    return expected | {name: LAB_FAULTS[part].cause for name, part in subjects}
