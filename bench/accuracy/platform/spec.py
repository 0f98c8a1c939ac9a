"""PlatformSpec: a platform as configuration, with its faults.

In and out: plain values that a fault may change.
It does not: respond to requests (`request`), or hold the name of its fault.
"""

from dataclasses import dataclass, field, replace
from random import Random

from bench.accuracy.platform.certificate import BadCertificate
from bench.accuracy.platform.conditions import Conditions, Entry
from bench.accuracy.platform.parts import (
    AppPod,
    Balancer,
    Cdn,
    HiddenSources,
    Ingress,
    Line,
    Listen,
    Machine,
    Names,
    Rule,
)


@dataclass(slots=True, kw_only=True)
class PlatformSpec:
    """A platform with every hop of a request."""

    rng: Random
    host: str
    scheme: str
    cluster: str
    namespace: str
    service: str
    app_port: int
    app_node_port: int | None
    nodes: list[Machine]
    names: Names
    balancer: Balancer
    ingress: Ingress
    pods: list[AppPod]
    cdn: Cdn | None = None
    rules: list[Rule] = field(default_factory=list[Rule])
    overlay_cut: bool = False
    open_everywhere: int | None = None
    """A port that every node has open, e.g. the kubelet's."""
    timeout: float = 10.0
    port_name: str | None = None
    """The name that the Service's targetPort has, which no container declares; None:
    the Service has the pods' port number."""
    outside: bool = False
    """Whether the Service's endpoints were written by hand and belong to no pod."""
    changed_ago: float = 90000.0
    updated: int | None = None
    """Pods of the newest revision; None: all."""
    outside_has_v6: bool = False
    expects: int = 200
    """The status that the target's owner counts as healthy."""
    repeats: int = 10
    """Repeats of an investigation; fewer if its time ran out."""
    second: Balancer | None = None
    """A second load balancer whose address the name has too; faults leave it alone."""
    dead: tuple[str, ...] = ()
    """Addresses of the balancer that do not respond."""
    balancer_view: "PlatformSpec | None" = None
    """The platform as the balancer still sees it; None: it has noticed every change."""
    certificate: BadCertificate | None = None
    """What clients refuse at the balancer's public address; None: a valid one."""
    lost_requests: int = 0
    """Requests from the internet that a target resets, from second 0 on."""
    scanner_lines: int = 0
    """Lines of a scanner in the ingress's log."""
    hidden: HiddenSources = field(default_factory=HiddenSources)
    conditions: Conditions = field(default_factory=Conditions)
    log: list[Line] = field(default_factory=list[Line])
    turns: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def listen(self) -> Listen | None:
        """The balancer's service that users connect to, if there is one."""
        port = 443 if self.scheme == "https" else 80
        return next((x for x in self.balancer.listens if x.port == port), None)

    @property
    def shown_ports(self) -> tuple[int, int]:
        """The NodePorts (http, https) of the ingress's Service that is read."""
        state, ingress = self.conditions, self.ingress
        aside = state.entry in {Entry.SERVICE_LB, Entry.OWN}
        if aside and state.second_ports:
            return state.second_ports
        return ingress.http_port, ingress.https_port

    @property
    def has_ingress(self) -> bool:
        """Whether an ingress stands between the load balancer and the Service."""
        return self.conditions.entry is not Entry.OWN

    def through_second(self) -> "PlatformSpec | None":
        """Return the same platform behind the second load balancer, if there is one."""
        if self.second is None:
            return None
        return replace(self, balancer=self.second, balancer_view=None)

    def node(self, name: str) -> Machine | None:
        """Return a node by its name."""
        return next((n for n in self.nodes if n.name == name), None)

    def endpoints(self) -> list[AppPod]:
        """Return the pods that the Service leads to."""
        if self.port_name is not None:
            return []
        return [pod for pod in self.pods if pod.ready]

    def turn(self, what: str, count: int) -> int:
        """Return the next index of a round robin."""
        now = self.turns.get(what, self.rng.randrange(count))
        self.turns[what] = now + 1
        return now % count
