"""Parts: the parts of a case, each validated by itself.

In: plain values from a case file (`cases/keybuzz.yaml`). Out: frozen values.
It does not: check the parts against each other; `lab.case` does.
"""

from ipaddress import IPv4Address
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

type Name = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
]
type Host = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9_]([-a-z0-9_]*[a-z0-9])?\.)+[a-z]([-a-z0-9]*[a-z0-9])?$"
    ),
]
type Port = Annotated[int, Field(ge=1, le=65535)]
type NodePort = Annotated[int, Field(ge=30000, le=32767)]
type HealthProtocol = Literal["tcp", "http", "https"]
CONTROL_HOST = "control.example.net"
"""An unrelated host: a monitor that cannot reach it is blind."""


class Part(BaseModel):
    """The base of all parts: frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Addresses(Part):
    """The addresses of everything that is not a node."""

    authoritative: IPv4Address = IPv4Address("203.0.113.53")
    resolver: IPv4Address = IPv4Address("203.0.113.54")
    second_resolver: IPv4Address = IPv4Address("203.0.113.55")
    old: IPv4Address = IPv4Address("203.0.113.21")
    """The old balancer: it still listens, and has no server."""
    dead: IPv4Address = IPv4Address("203.0.113.22")
    """An address from which nothing responds, not even with a reset."""
    control: IPv4Address = IPv4Address("203.0.113.99")
    """An unrelated host, which always responds."""
    cdn: IPv4Address = IPv4Address("203.0.113.80")
    hetzner: IPv4Address = IPv4Address("203.0.113.90")
    kubernetes: IPv4Address = IPv4Address("10.0.0.100")


class Server(Part):
    """One machine of the project, in its private network."""

    name: Name
    address: IPv4Address
    server_id: int


class Node(Server):
    """One worker; `pod_address` is the address of its ingress pod."""

    pod_address: IPv4Address
    ingress: bool = True
    """Whether the ingress controller has a pod on this node."""


class App(Part):
    """One workload with its Service, its Ingress and its public name.

    `role` is the name by which a fault refers to it in every case.
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


type Kind = Literal["nginx", "traefik", "haproxy"]


class PodPort(NamedTuple):
    """One port of the ingress's Service: name, port number, target port."""

    name: str
    port: int
    target: int


POD_PORTS: dict[Kind, tuple[PodPort, PodPort]] = {
    "nginx": (PodPort("http", 80, 80), PodPort("https", 443, 443)),
    "traefik": (PodPort("web", 80, 8000), PodPort("websecure", 443, 8443)),
    "haproxy": (PodPort("http", 80, 8080), PodPort("https", 443, 8443)),
}
"""The ports of the controllers' own manifests, HTTP first."""


HOST_PORTS = (80, 443)


class Ingress(Part):
    """The ingress controller and its Service."""

    kind: Kind = "nginx"
    namespace: Name = "ingress-nginx"
    service: Name = "ingress-nginx-controller"
    http_node_port: NodePort | None = None
    https_node_port: NodePort | None = None
    host_ports: bool = False
    """Whether the pods have ports 80 and 443 of their nodes, instead of NodePorts."""
    https_is_plain: bool = False
    """Whether the Service's https port leads to the pods' port for plain HTTP, because
    the balancer ends TLS."""
    cluster_ip: IPv4Address
    external_traffic_policy: Literal["Cluster", "Local"] = "Cluster"
    health_check_node_port: NodePort | None = None
    """If set, the Service is a LoadBalancer with this healthCheckNodePort."""
    proxy_protocol: bool = False

    @property
    def pod_ports(self) -> tuple[PodPort, PodPort]:
        """The Service's ports, HTTP first."""
        http, https = POD_PORTS[self.kind]
        if self.https_is_plain:
            https = https._replace(target=http.target)
        return http, https

    @property
    def container_ports(self) -> tuple[PodPort, PodPort]:
        """The pods' own ports, HTTP first."""
        return POD_PORTS[self.kind]

    @property
    def node_ports(self) -> tuple[int, int]:
        """The ports of every node that lead to the ingress, HTTP first."""
        http, https = self.http_node_port, self.https_node_port
        if http is None or https is None:
            return HOST_PORTS
        return http, https

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        ports = {self.http_node_port, self.https_node_port}
        if (None in ports) != self.host_ports or (self.host_ports and len(ports) > 1):
            raise ValueError("set both NodePorts, or host_ports without NodePorts")
        return self


class HealthCheckHttp(Part):
    """Hetzner's HTTP health check, with its field names."""

    domain: str | None = None
    path: str = "/"
    response: str = ""
    status_codes: tuple[str, ...] = ("2??", "3??")
    tls: bool = False


class HealthCheck(Part):
    """Hetzner's health check; seconds. The lab checks more often than it reports."""

    protocol: HealthProtocol = "tcp"
    port: Port
    interval: int = 15
    timeout: int = 10
    retries: int = 3
    http: HealthCheckHttp | None = None


class BalancerService(Part):
    """One listen port of the balancer, with Hetzner's field names."""

    protocol: HealthProtocol
    listen_port: Port
    destination_port: Port
    proxyprotocol: bool = False
    timeout_idle: int = Field(default=60, ge=30, le=300)
    health_check: HealthCheck


class Balancer(Part):
    """The Hetzner Load Balancer; `targets` is the type of its targets."""

    id: int
    name: Name
    address: IPv4Address
    private_address: IPv4Address
    network_id: int = 4711
    targets: Literal["server", "label_selector", "ip"] = "server"
    selector: str = "role=worker"
    use_private_ip: bool = True
    kept_by_service: bool = False
    """Whether hcloud-cloud-controller-manager keeps it for the ingress Service: the
    label `hcloud-ccm/service-uid`, and the Service's annotations."""
    services: tuple[BalancerService, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _listens_once(self) -> Self:
        ports = [s.listen_port for s in self.services]
        if len(set(ports)) != len(ports):
            raise ValueError("two services have the same listen_port")
        return self
