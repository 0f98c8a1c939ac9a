"""Cluster: an agent's measurements on its node, and the Kubernetes API's objects.

In: what the agent measured and read. Out: frozen values.
It does not: judge. Instants are from the node's own clock; `received_at` is from
ingest's clock, so that the skew between them can be corrected.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from parallax.model.namespace import Claim, Quota
from parallax.model.probe import Probe
from parallax.model.wire import wired

CILIUM_PLACEHOLDER = "192.192.192.192"
"""The only endpoint of Cilium's ingress Services; it stands for Envoy on each node."""
STALE_INTERVALS = 4
"""An agent that misses this many of its intervals is silent."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node with its addresses."""

    name: str
    internal_ip: str | None = None
    external_ip: str | None = None
    ready: bool = True
    provider_id: str | None = None
    """The cloud provider's id of the machine, e.g. `hcloud://10001`."""
    excluded: bool = False
    """Labeled `node.kubernetes.io/exclude-from-external-load-balancers`."""
    cordoned: bool = False
    """Accepts no new pods (`kubectl cordon`)."""
    unready: str | None = None
    """Reason and message of the condition Ready, if it is not true."""


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
    """With policy Local: the port where kube-proxy reports whether this node has an
    endpoint."""
    uid: str | None = None
    balancer_annotations: tuple[tuple[str, str], ...] | None = None
    """Its annotations `load-balancer.hetzner.cloud/…`, by name; None: not read."""
    selector: tuple[tuple[str, str], ...] | None = None
    """The labels that select its pods, sorted; empty: it has no selector; None: not
    read."""
    external_name: str | None = None
    """The name that a Service of type ExternalName leads to."""

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
    """A pod, with the fields that a judgement may need."""

    name: str
    node: str | None = None
    ip: str | None = None
    host_network: bool = False
    phase: str = "Unknown"
    ready: bool = False
    restarts: int = 0
    waiting_reason: str | None = None
    started_at: datetime | None = None
    waiting_message: str | None = None
    """The kubelet's message for `waiting_reason`, e.g. why it pulled no image."""
    waiting_container: str | None = None
    """The container that waits, or that ended last; with `init` in front if it is an
    init container, e.g. `init migrate`."""
    exit_code: int | None = None
    """How that container ended last."""
    exit_reason: str | None = None
    """Why it ended last, e.g. `OOMKilled`."""
    ended_at: datetime | None = None
    unscheduled: str | None = None
    """Why the scheduler found no node: the message of the condition PodScheduled."""
    placement: str | None = None
    """What the pod requires of its node: `selector`, `affinity`, or both, joined by a
    comma; None: nothing, or not read."""
    readiness_probe: str | None = None
    """E.g. `GET :8081/ready of container web`; None: it has none, or was not read."""
    liveness_probe: str | None = None
    ports: tuple[int, ...] | None = None
    """TCP ports that its containers declare; None: not read."""
    claims: tuple[str, ...] | None = None
    """Without a node: the PersistentVolumeClaims that it mounts; None: not read."""
    matching_nodes: tuple[str, ...] | None = None
    """Without a node: those that its node selector and affinity allow, at most 5; None:
    not read."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A DaemonSet, Deployment or StatefulSet, with the progress of its rollout."""

    kind: str
    name: str
    desired: int
    ready: int
    updated: int
    """Pods of the newest revision; fewer than desired: a rollout is in progress."""
    failure: str | None = None
    """Why its controller cannot create pods: the message of the condition
    ReplicaFailure."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """A Warning event about one of the target's pods or workloads."""

    kind: str
    """Of the object, e.g. `Pod` or `ReplicaSet`."""
    name: str
    reason: str
    """As Kubernetes writes it, e.g. `FailedScheduling`, `Unhealthy`, `FailedMount`."""
    message: str


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class Unselected:
    """A workload or pod whose labels miss a Service's selector, with those labels.

    `labels` holds only the keys of the selector that the object has too.
    """

    kind: str
    name: str
    labels: tuple[tuple[str, str], ...] = ()


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class RulePath:
    """One path that an Ingress has for the target's host."""

    ingress: str
    """Its namespace and name."""
    path: str
    path_type: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterReading:
    """The Kubernetes API's objects of one target's path.

    `endpoints` is None if the EndpointSlices could not be read, and empty if they have
    no endpoint: None is unknown, empty is an outage. The same applies to every field
    that may be None.
    """

    read_at: datetime
    nodes: tuple[Node, ...] | None = None
    ingress_service: Service | None = None
    ingress_endpoints: tuple[Endpoint, ...] | None = None
    ingress_name: str | None = None
    """The Ingress (or HTTPRoute) that serves the target's host; None: none found."""
    ingress_hosts: tuple[str, ...] | None = None
    """Every host in an Ingress, sorted, at most 200; None: not read."""
    ingress_annotations: tuple[tuple[str, str], ...] = ()
    """Annotations of the target's Ingress that can reject requests (limits, lists)."""
    ingress_config: tuple[tuple[str, str], ...] | None = None
    """The controller's ConfigMap, e.g. `use-proxy-protocol`."""
    ingress_config_map: str | None = None
    """Namespace and name of that ConfigMap, e.g. `ingress-nginx/controller`; None: not
    reported, or the configuration is not from a ConfigMap of the controller."""
    ingress_node_ports: tuple[int, ...] | None = None
    """Sorted: the NodePorts of every Service that selects the ingress's pods, not only
    of `ingress_service`; None: not all Services were read."""
    ingress_pods: tuple["Pod", ...] | None = None
    """The ingress controller's pods on all nodes."""
    ingress_workloads: tuple["Workload", ...] | None = None
    """The ingress controller's workloads, with the progress of their rollout."""
    service: Service | None = None
    service_port: int | None = None
    """The port of `service` that the target's requests go to; None: not decided. An
    endpoint without a `port` does not serve it."""
    endpoints: tuple[Endpoint, ...] | None = None
    endpoints_changed_at: datetime | None = None
    pods: tuple[Pod, ...] | None = None
    workloads: tuple[Workload, ...] | None = None
    events: tuple[Warned, ...] | None = None
    """Recent Warning events of the target's pods and workloads, the newest of each kind
    and object, at most 20; None: not read, as pods are ready or without permission."""
    unselected: tuple[Unselected, ...] | None = None
    """With a selector that matches no pod: what in the namespace comes near to it, at
    most 5; None: not read."""
    ingress_paths: tuple[RulePath, ...] | None = None
    """The paths that Ingresses have for the target's host, at most 50, if none of them
    matches the target's path; None: one does, they were not read, or the controller
    has other kinds of rules too."""
    claims: tuple[Claim, ...] | None = None
    """Claims of the target's pods without a node that have no volume, at most 5; None:
    not read, as no pod waits for one or without permission."""
    quotas: tuple[Quota, ...] | None = None
    """The namespace's quotas for a kind that is missing, the Service or a claim, at
    most 10; None: not read, as neither is missing or without permission."""
    unread_kinds: tuple[str, ...] | None = None
    """Kinds of the ingress's own that may have more hosts and were not read, e.g.
    `Traefik's IngressRoutes`; None: an older agent, which reads none of them."""
    problems: tuple[str, ...] = ()
    """What could not be read and why, e.g. a missing permission."""
    partial: tuple[str, ...] = ()
    """Fields with only the objects of the target's path, e.g. `nodes` in a cluster of
    hundreds. An object absent from such a field may exist nevertheless."""


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
    """The last upstream tried; None: the ingress tried none."""
    upstream_status: int | None = None
    upstream_response_length: int | None = None
    request_time: float | None = None
    """Seconds from the request's first byte to the response's last, as logged."""
    upstream_response_time: float | None = None
    """Seconds that the last upstream needed."""


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRef:
    """Where the two parts of a report's reading are, and when the agent read them.

    `nodes` and `target` are digests as `parallax.model.reading_parts` makes them;
    `nodes` is None if the agent could not read the nodes.
    """

    read_at: datetime
    target: str
    nodes: str | None = None


@wired
@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReport:
    """What one agent observed of one target in one interval.

    `log_read_at` is when the agent last read its ingress log; None: it follows no log,
    so a missing sighting proves nothing. `dropped` counts older reports that a full
    buffer discarded. A report of schema v2 has `reading_ref` and its own `problems`;
    the journal adds the reading when it returns the report.
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
    reading_ref: ReadingRef | None = None
    problems: tuple[str, ...] = ()
    tracked: int | None = None
    """Connections in the kernel's table of the node; None: not read, or an older
    agent."""
    tracked_limit: int | None = None
    """How many the table can hold."""

    @property
    def arrived_at(self) -> datetime:
        """When ingest received it; before that, when the agent sent it."""
        return self.received_at or self.sent_at

    @property
    def skew(self) -> timedelta:
        """How far ingest's clock is ahead of the node's (transfer included)."""
        return self.arrived_at - self.sent_at

    @property
    def patience(self) -> timedelta:
        """How old this report and its contents may be to describe the present."""
        return timedelta(seconds=self.interval * STALE_INTERVALS)

    def outside_time(self, instant: datetime) -> datetime:
        """Convert an instant of the node's clock to ingest's clock."""
        return instant + self.skew
