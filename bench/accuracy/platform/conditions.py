"""Conditions: what public reports of incidents add to a platform.

In and out: plain values; the default of each is a platform without it.
It does not: act. `request`, `nodes`, `ingress`, `edge` and the readings do.
"""

from dataclasses import dataclass, field
from enum import StrEnum

ALL = "all"


class Entry(StrEnum):
    """How a request enters the cluster, and what the agent reads of the ingress."""

    SERVICE = "service"
    """The ingress's Service, with NodePorts."""
    HOST_PORT = "host-port"
    """The nodes' ports 80 and 443; no Service."""
    CLUSTER_IP = "cluster-ip"
    """The nodes' ports 80 and 443; the Service has no NodePort."""
    SERVICE_LB = "service-lb"
    """The nodes' ports 80 and 443, which k3s's servicelb forwards to the Service."""
    DUMMY = "dummy"
    """Cilium: a Service without selector, whose endpoint belongs to no machine."""
    OWN = "own"
    """The target's own Service of type LoadBalancer; no ingress at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A certificate that a client refuses; `at`: `balancer` or `ingress`."""

    at: str
    detail: str
    subject: str
    names: tuple[str, ...]
    issuer: str = "CN=R11,O=Let's Encrypt,C=US"
    days: float = 30.0
    """Days until it expires; negative: since then."""


@dataclass(slots=True, kw_only=True)
class Conditions:
    """What else is true of a platform."""

    entry: Entry = Entry.SERVICE
    beside: bool = False
    """With `Entry.OWN`: the platform's ingress has nothing to do with the target."""
    rules_read: bool = True
    """False: the host stands in a kind that the agent may not read."""
    own_kind: bool = False
    """The host stands in a kind of the controller's own, not in an Ingress."""
    other_hosts: tuple[str, ...] = ()
    """With `own_kind`: the hosts of the Ingresses of others."""
    tls_read: bool = True
    """False: TLS ends at the controller's entry point, which nothing states that the
    agent reads."""
    config_read: bool = True
    """Whether the agent can read how Traefik's entry points are configured."""
    proxy_read: bool = True
    """Whether the agent reads that the ingress expects PROXY lines."""
    plain: int | None = None
    """The ingress's status for a request without TLS, if its route is for TLS only."""
    over_tls: int | None = None
    """The ingress's status for a request over TLS, if its route is without TLS."""
    public: bool = True
    """Whether the load balancer has a public interface."""
    dead: tuple[str, ...] = ()
    """Nodes that are off: they respond to nobody."""
    policy: tuple[str, ...] = ()
    """Pods that a NetworkPolicy closes to all but their own node, or `ALL`."""
    lost: str | None = None
    """Where large packets are lost: `balancer`, `balancer-all` or `overlay`."""
    page_bytes: int = 0
    """Length of the pods' page; 0: a short one."""
    certificate: Refused | None = None
    redirects: str | None = None
    """The ingress sends plain requests to https: because of a `tls-section` of the
    Ingress, or because it is `forced`."""
    name_error: str | None = None
    """What every resolver responds instead of an address."""
    zone_answers: bool = False
    """With `name_error`: the zone's own server has the addresses."""
    full_table: tuple[str, ...] = ()
    """Nodes that track no more connections: they drop most new ones."""
    no_proxy: tuple[str, ...] = ()
    """Nodes without kube-proxy and without its rules."""
    stale_proxy: tuple[str, ...] = ()
    """Nodes whose kube-proxy no longer follows the endpoints: they lead to old pods."""
    unusable: float = 0.0
    """Share of the pods' good responses that the ingress cannot use."""
    no_path: bool = False
    """The host has a rule, the path has none."""
    ignored: bool = False
    """The controller does not take the Ingress that names the host."""
    external: int | None = None
    """The Service is an ExternalName; the status that the ingress responds with."""
    selectorless: bool = False
    """The Service's endpoints were written by hand."""
    second_ports: tuple[int, int] | None = None
    """More NodePorts (http, https) that lead to the ingress pods; see `shown_ports`."""
    limited: float = 0.0
    """Share of new connections that the load balancer does not accept."""
    long_red: tuple[str, ...] = field(default=())
    """Targets that have been unhealthy since long before the failure."""
    resets: float = 0.0
    """Share of connections that the ingress resets before it reads a request."""
