"""Case: the platform that the lab stands up, read from one YAML file.

In: a case file (see `cases/keybuzz.yaml`). Out: frozen, checked values, and the
`targets.yaml` that Parallax reads. It does not: start or address anything.
"""

import re
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

CASES = Path(__file__).parent / "cases"
DEFAULT = CASES / "keybuzz.yaml"

type Name = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
]
type Host = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+\.[a-z]+$")]
type Port = Annotated[int, Field(ge=1, le=65535)]
type NodePort = Annotated[int, Field(ge=30000, le=32767)]
type HealthWord = Literal["tcp", "http", "https"]


class CaseError(ValueError):
    """A case file that cannot be used; one line for each problem."""


class Part(BaseModel):
    """What all parts of a case share: frozen, and no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Addresses(Part):
    """The addresses of everything that is no node."""

    authoritative: IPv4Address = IPv4Address("203.0.113.53")
    resolver: IPv4Address = IPv4Address("203.0.113.54")
    second_resolver: IPv4Address = IPv4Address("203.0.113.55")
    old: IPv4Address = IPv4Address("203.0.113.21")
    """The balancer of former days: it still listens, and has no server."""
    control: IPv4Address = IPv4Address("203.0.113.99")
    """Somebody else's host, which always answers."""
    cdn: IPv4Address = IPv4Address("203.0.113.80")
    hetzner: IPv4Address = IPv4Address("203.0.113.90")
    kubernetes: IPv4Address = IPv4Address("10.0.0.100")


class Server(Part):
    """One machine of the project, in its private network."""

    name: Name
    address: IPv4Address
    server_id: int


class Node(Server):
    """One worker: `pod_address` is that of its ingress pod."""

    pod_address: IPv4Address
    ingress: bool = True
    """Whether the ingress controller has a pod here."""


class App(Part):
    """One workload with its Service, its Ingress and its public name.

    `role` is the word by which a fault addresses it in any case.
    """

    role: Literal["api", "front"]
    name: Name
    port: Port
    node_port: NodePort
    cluster_ip: IPv4Address
    host: Host
    cdn: bool = False
    host_network: bool = True
    path: str = "/"


class Ingress(Part):
    """The ingress controller and its Service."""

    namespace: Name = "ingress-nginx"
    service: Name = "ingress-nginx-controller"
    http_node_port: NodePort
    https_node_port: NodePort
    cluster_ip: IPv4Address
    external_traffic_policy: Literal["Cluster", "Local"] = "Cluster"
    proxy_protocol: bool = False


class HealthCheckHttp(Part):
    """Hetzner's HTTP health check, in its own names."""

    domain: str | None = None
    path: str = "/"
    response: str = ""
    status_codes: tuple[str, ...] = ("2??", "3??")
    tls: bool = False


class HealthCheck(Part):
    """Hetzner's health check; seconds. The lab asks faster than it reports."""

    protocol: HealthWord = "tcp"
    port: Port
    interval: int = 15
    timeout: int = 10
    retries: int = 3
    http: HealthCheckHttp | None = None


class BalancerService(Part):
    """One listen port of the balancer, in Hetzner's names."""

    protocol: HealthWord
    listen_port: Port
    destination_port: Port
    proxyprotocol: bool = False
    timeout_idle: int = Field(default=60, ge=30, le=300)
    health_check: HealthCheck


class Balancer(Part):
    """The Hetzner Load Balancer; `targets` says how it finds its servers."""

    id: int
    name: Name
    address: IPv4Address
    private_address: IPv4Address
    network_id: int = 4711
    targets: Literal["server", "label_selector", "ip"] = "server"
    selector: str = "role=worker"
    use_private_ip: bool = True
    services: tuple[BalancerService, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _listens_once(self) -> Self:
        ports = [s.listen_port for s in self.services]
        if len(set(ports)) != len(ports):
            raise ValueError("two services listen on one port")
        return self


class Case(Part):
    """One platform: nodes, apps, ingress, balancer, names and addresses."""

    name: Name
    zone: Host
    namespace: Name
    addresses: Addresses = Addresses()
    nodes: tuple[Node, ...] = Field(min_length=2)
    former_nodes: tuple[Server, ...] = ()
    """Servers that have left the cluster and run on; nobody serves there."""
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
        for app in self.apps:
            if not app.host.endswith(f".{self.zone}"):
                raise ValueError(f"{app.host} does not lie in the zone {self.zone}")
        ports = [a.node_port for a in self.apps]
        ports += [self.ingress.http_node_port, self.ingress.https_node_port]
        if len(set(ports)) != len(ports):
            raise ValueError("two Services have one NodePort")
        if len({a.role for a in self.apps}) != len(self.apps):
            raise ValueError("two apps have one role")
        if any(a.cdn for a in self.apps) and 80 not in self.listen_ports:  # noqa: PLR2004 - the CDN's origin port
            raise ValueError("a CDN needs a balancer service on port 80, its origin")
        return self

    @property
    def servers(self) -> tuple[Server, ...]:
        """Every server of the project."""
        return self.nodes + self.former_nodes

    @property
    def listen_ports(self) -> tuple[int, ...]:
        """The ports on which the balancer listens."""
        return tuple(s.listen_port for s in self.balancer.services)

    def app(self, role: str) -> App:
        """Return the app with a role; KeyError where the case has none."""
        for app in self.apps:
            if app.role == role:
                return app
        raise KeyError(f"the case {self.name} has no app with the role {role}")

    def pod_address(self, app: App, node: Node) -> str:
        """Return where an app's pod listens: the node's address or the overlay."""
        if app.host_network:
            return str(node.address)
        return str(node.pod_address + 1 + self.apps.index(app))

    def targets(self) -> list[dict[str, Any]]:
        """Return the content of `targets.yaml`, one entry for each app."""
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
        path.write_text(f"# Made by the lab from the case {self.name}.\n{text}")


def load(path: Path = DEFAULT) -> Case:
    """Read a case file. Raises `CaseError` that names the file and each problem."""
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
