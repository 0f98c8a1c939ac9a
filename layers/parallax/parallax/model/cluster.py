"""Cluster: what an agent saw from its node, and what the Kubernetes API said.

In: what the agent measured and read. Out: frozen values.
It does not: judge. Times inside are the node's own clock; `received_at` is
ingest's, so that skew between the two can be seen and taken out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from parallax.model.probe import Probe
from parallax.model.wire import wired

STALE_INTERVALS = 4
"""An agent that missed this many of its own intervals is silent."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node with the addresses it is reached by."""

    name: str
    internal_ip: str | None = None
    external_ip: str | None = None
    ready: bool = True
    provider_id: str | None = None
    """The cloud's name of the machine, e.g. `hcloud://10001`."""
    excluded: bool = False
    """Labeled `node.kubernetes.io/exclude-from-external-load-balancers`."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePort:
    """One port of a Service."""

    port: int
    target_port: str
    name: str | None = None
    node_port: int | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A Service with its ports and traffic policy."""

    namespace: str
    name: str
    type: str = "ClusterIP"
    cluster_ip: str | None = None
    ports: tuple[ServicePort, ...] = ()
    external_traffic_policy: str | None = None
    health_check_node_port: int | None = None
    """With policy Local: where kube-proxy says whether this node has an endpoint."""

    @property
    def node_ports(self) -> tuple[int, ...]:
        """The NodePorts, in the order of the ports."""
        return tuple(p.node_port for p in self.ports if p.node_port is not None)


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address behind a Service, ready or not."""

    address: str
    ready: bool
    port: int | None = None
    node: str | None = None
    pod: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod as far as a judgement may need it."""

    name: str
    node: str | None = None
    ip: str | None = None
    host_network: bool = False
    phase: str = "Unknown"
    ready: bool = False
    restarts: int = 0
    waiting_reason: str | None = None
    started_at: datetime | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A DaemonSet or Deployment and how far its rollout is."""

    kind: str
    name: str
    desired: int
    ready: int
    updated: int
    """Pods of the newest revision; fewer than desired: a rollout is under way."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterReading:
    """What the Kubernetes API said about one target's path.

    `endpoints` is None when the EndpointSlices could not be read, and empty
    when they were read and hold nothing: the second is an outage, the first
    is not knowing. The same holds for every field that may be None.
    """

    read_at: datetime
    nodes: tuple[Node, ...] | None = None
    ingress_service: Service | None = None
    ingress_endpoints: tuple[Endpoint, ...] | None = None
    ingress_name: str | None = None
    """The Ingress (or HTTPRoute) that serves the target's host; None: none found."""
    ingress_hosts: tuple[str, ...] | None = None
    """Every host that an Ingress names, sorted, 200 at most; None: not read."""
    ingress_annotations: tuple[tuple[str, str], ...] = ()
    """Of the target's Ingress, those that can turn a request away (limits, lists)."""
    ingress_config: tuple[tuple[str, str], ...] | None = None
    """The controller's ConfigMap, e.g. `use-proxy-protocol`."""
    ingress_pods: tuple["Pod", ...] | None = None
    """The ingress controller's pods on all nodes."""
    ingress_workloads: tuple["Workload", ...] | None = None
    """What runs the ingress controller, and how far its rollout is."""
    service: Service | None = None
    service_port: int | None = None
    """The port of `service` that the target's requests go to; None: not decided. An
    endpoint without a `port` does not serve it."""
    endpoints: tuple[Endpoint, ...] | None = None
    endpoints_changed_at: datetime | None = None
    pods: tuple[Pod, ...] | None = None
    workloads: tuple[Workload, ...] | None = None
    problems: tuple[str, ...] = ()
    """What could not be read and why, e.g. a missing permission."""
    partial: tuple[str, ...] = ()
    """Fields that hold only a part, e.g. `nodes` of a cluster that has hundreds: those
    of the target's path. What is absent from such a field may be there all the same."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One of our request ids in an ingress access log."""

    request_id: str
    seen_at: datetime
    node: str
    pod: str | None = None
    status_code: int | None = None
    upstream_name: str | None = None
    upstream_address: str | None = None
    """The last upstream tried; None: the ingress asked nobody."""
    upstream_status: int | None = None
    upstream_response_length: int | None = None
    request_time: float | None = None
    """Seconds from the request's first byte to the answer's last, as the log says."""
    upstream_response_time: float | None = None
    """Seconds that the last upstream took."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReport:
    """What one agent saw of one target in one interval.

    `log_read_at` is when the agent last managed to look at its ingress log;
    None: it has no live log, so a missing sighting proves nothing.
    `dropped` counts older reports that a full buffer had to give up.
    """

    target: str
    cluster: str
    node: str
    sent_at: datetime
    interval: float
    probes: tuple[Probe, ...] = ()
    reading: ClusterReading | None = None
    sightings: tuple[Sighting, ...] = ()
    log_read_at: datetime | None = None
    dropped: int = 0
    received_at: datetime | None = None

    @property
    def skew(self) -> timedelta:
        """How far ingest's clock is ahead of the node's (transit included)."""
        return (self.received_at or self.sent_at) - self.sent_at

    @property
    def patience(self) -> timedelta:
        """How old this report, or what it holds, may be and still speak of now."""
        return timedelta(seconds=self.interval * STALE_INTERVALS)

    def outside_time(self, instant: datetime) -> datetime:
        """Translate an instant of the node's clock into ingest's clock."""
        return instant + self.skew
