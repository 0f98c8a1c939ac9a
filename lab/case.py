"""Case: the platform that the lab runs, read from one YAML file.

In: a case file (see `cases/keybuzz.yaml`). Out: frozen, validated values, and the
`targets.yaml` that Parallax reads. It does not: start anything.
"""

import re
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from lab.parts import (
    CONTROL_HOST,
    Addresses,
    App,
    Balancer,
    BalancerService,
    HealthCheckHttp,
    Host,
    Ingress,
    Name,
    Node,
    Part,
    Server,
)

__all__ = [
    "CASES",
    "DEFAULT",
    "App",
    "BalancerService",
    "Case",
    "CaseError",
    "HealthCheckHttp",
    "Node",
    "Server",
    "load",
]

CASES = Path(__file__).parent / "cases"
DEFAULT = CASES / "keybuzz.yaml"
HTTPS_PORT = 443


class CaseError(ValueError):
    """An invalid case file; one line for each problem."""


class Case(Part):
    """One platform: nodes, apps, ingress, balancer, names and addresses."""

    name: Name
    zone: Host | tuple[Host, ...] = ()
    """The zones of the hosts. A host in none of them has its parent domain as zone."""
    namespace: Name
    addresses: Addresses = Addresses()
    nodes: tuple[Node, ...] = Field(min_length=2)
    former_nodes: tuple[Server, ...] = ()
    """Servers that left the cluster and still run; nothing listens on them."""
    apps: tuple[App, ...] = Field(min_length=1)
    ingress: Ingress
    balancer: Balancer

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        taken = [n.address for n in self.nodes] + [n.pod_address for n in self.nodes]
        taken += [s.address for s in self.former_nodes]
        taken += [self.balancer.address, self.balancer.private_address]
        taken += list(self.addresses.model_dump().values())
        twice = {str(a) for a in taken if taken.count(a) > 1}
        if twice:
            raise ValueError(f"addresses used twice: {', '.join(sorted(twice))}")
        if any(app.host == CONTROL_HOST for app in self.apps):
            raise ValueError(f"host {CONTROL_HOST} is the lab's unrelated host")
        ports = [a.node_port for a in self.apps]
        ports += self.ingress.node_ports
        ports += [self.ingress.health_check_node_port or 0]
        if len(set(ports)) != len(ports):
            raise ValueError("two Services have the same NodePort")
        if not any(n.ingress for n in self.nodes):
            raise ValueError("no node has `ingress: true`; at least one must")
        if len({a.role for a in self.apps}) != len(self.apps):
            raise ValueError("two apps have the same role")
        if any(a.cdn for a in self.apps) and 80 not in self.listen_ports:  # noqa: PLR2004 - the CDN's origin port
            raise ValueError("a CDN needs a balancer service on port 80, its origin")
        return self

    @property
    def servers(self) -> tuple[Server, ...]:
        """Every server of the project."""
        return self.nodes + self.former_nodes

    @property
    def zones(self) -> tuple[str, ...]:
        """The zones that hold a host of the case, in the order of the apps."""
        return tuple(dict.fromkeys(self.zone_of(app.host) for app in self.apps))

    def zone_of(self, host: str) -> str:
        """Return a host's zone: the closest one that the case names, else its parent.

        The parent of `shop.example` would be a top-level domain: then the host itself
        is the zone, and its address is at the zone's apex.
        """
        named = (self.zone,) if isinstance(self.zone, str) else self.zone
        around = [z for z in named if host == z or host.endswith(f".{z}")]
        parent = host.partition(".")[2]
        return max(around, key=len, default=parent if "." in parent else host)

    @property
    def listen_ports(self) -> tuple[int, ...]:
        """The ports on which the balancer listens."""
        return tuple(s.listen_port for s in self.balancer.services)

    @property
    def tls_owner(self) -> Literal["balancer", "ingress"]:
        """Who ends TLS for users without a CDN."""
        passed = any(s.protocol == "tcp" for s in self._on(HTTPS_PORT))
        return "ingress" if passed else "balancer"

    def _on(self, port: int) -> tuple[BalancerService, ...]:
        return tuple(s for s in self.balancer.services if s.listen_port == port)

    @property
    def serving(self) -> tuple[Node, ...]:
        """The nodes that are healthy targets while the platform is healthy.

        A healthCheckNodePort responds with 200 only where an ingress pod runs.
        """
        port = self.ingress.health_check_node_port
        checked = {s.health_check.port for s in self.balancer.services}
        return tuple(n for n in self.nodes if n.ingress or port not in checked)

    def app(self, role: str) -> App:
        """Return the app with a role; KeyError where the case has none."""
        for app in self.apps:
            if app.role == role:
                return app
        raise KeyError(f"the case {self.name} has no app with the role {role}")

    def pod_address(self, app: App, node: Node) -> str:
        """Return the address of an app's pod: the node's, or one of the overlay."""
        if app.host_network:
            return str(node.address)
        return str(node.pod_address + 1 + self.apps.index(app))

    def targets(self) -> list[dict[str, Any]]:
        """Return the content of `targets.yaml`, one entry per app."""
        return [
            {
                "name": app.name,
                "url": f"https://{app.host}{app.path}",
                "healthy": {"status_codes": [200]},
                "reached": {
                    "load_balancer": self.balancer.name,
                    "cdn": app.cdn,
                    "cluster": self.name,
                    "namespace": self.namespace,
                    "service": app.name,
                    "ingress_namespace": self.ingress.namespace,
                    "ingress_service": self.ingress.service,
                },
                "allow_private_addresses": True,
            }
            for app in self.apps
        ]

    def write_targets(self, path: Path) -> None:
        """Write `targets.yaml` for Parallax; TEST-NET addresses count as private."""
        text = yaml.safe_dump({"targets": self.targets()}, sort_keys=False)
        path.write_text(f"# Generated by the lab from the case {self.name}.\n{text}")


def load(path: Path = DEFAULT) -> Case:
    """Read a case file. Raises `CaseError`, which lists each problem with its place."""
    try:
        plain = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise CaseError(f"{path}: {re.sub(r'\s+', ' ', str(error))}") from error
    try:
        return Case.model_validate(plain)
    except ValidationError as error:
        lines = [f"{path}: {_place(e['loc'])}{e['msg']}" for e in error.errors()]
        raise CaseError("\n".join(lines)) from error


def _place(location: tuple[int | str, ...]) -> str:
    parts = [f"[{p}]" if isinstance(p, int) else f".{p}" for p in location]
    return f"{''.join(parts).lstrip('.')}: " if parts else ""
