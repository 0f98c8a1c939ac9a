"""Cluster twists: what breaks between the nodes' ports and the pods.

In: a platform. Out: the same, broken as a report describes.
It does not: change pods.
"""

from bench.accuracy.platform.conditions import ALL
from bench.accuracy.platform.parts import Rule
from bench.accuracy.platform.spec import PlatformSpec
from faults.targets import KUBELET


def node_dead(spec: PlatformSpec) -> None:
    """A node is off, and NotReady; its pods are still endpoints."""
    node = _with_pods(spec)
    node_of = spec.node(node)
    assert node_of is not None  # noqa: S101 - a pod's node
    node_of.ready = False
    spec.conditions.dead = (node,)


def node_just_dead(spec: PlatformSpec) -> None:
    """A node went off seconds ago: Kubernetes still calls it ready."""
    spec.conditions.dead = (_with_pods(spec),)


def _with_pods(spec: PlatformSpec) -> str:
    """Return a node with an app pod, the last one."""
    return spec.pods[-1].node


def policy_on_all(spec: PlatformSpec) -> None:
    """A NetworkPolicy lets nobody but their own node connect to the pods."""
    spec.conditions.policy = (ALL,)
    spec.ingress.read_timeout = 5.0


def policy_on_some(spec: PlatformSpec) -> None:
    """A NetworkPolicy selects some of the pods."""
    count = max(1, len(spec.pods) // 2)
    chosen = spec.rng.sample(spec.pods, count)
    spec.conditions.policy = tuple(pod.name for pod in chosen)
    spec.ingress.tries = 1


def no_kube_proxy(spec: PlatformSpec) -> None:
    """One node runs without kube-proxy's rules since it restarted."""
    spec.conditions.no_proxy = (spec.rng.choice(spec.nodes).name,)
    _check_kubelet(spec)


def _check_kubelet(spec: PlatformSpec) -> None:
    """Let the balancer check a port that is open without kube-proxy as well."""
    for listen in spec.balancer.listens:
        listen.check.port, listen.check.protocol = KUBELET, "tcp"
    spec.open_everywhere = KUBELET


def stale_kube_proxy(spec: PlatformSpec) -> None:
    """One node's kube-proxy hangs: its rules lead to pods that are gone."""
    spec.conditions.stale_proxy = (spec.rng.choice(spec.nodes).name,)
    _check_kubelet(spec)


def overlay_udp_blocked(spec: PlatformSpec) -> None:
    """The firewall between the nodes drops the overlay's packets."""
    spec.overlay_cut = True


def overlay_loses_large(spec: PlatformSpec) -> None:
    """The overlay's packets are longer than the network carries: long pages hang."""
    spec.conditions.lost, spec.conditions.page_bytes = "overlay", 30000
    spec.ingress.read_timeout = 5.0


def nodes_drop_all(spec: PlatformSpec) -> None:
    """The nodes' firewall drops the balancer at the ingress's ports."""
    for port in (spec.ingress.http_port, spec.ingress.https_port):
        spec.rules.append(Rule(source="balancer", port=port))


def nobody_listens(spec: PlatformSpec) -> None:
    """At the nodes' own ports nobody listens."""
    for port in (spec.ingress.http_port, spec.ingress.https_port):
        spec.rules.append(Rule(source="any", port=port, action="reject"))


def nodes_reject_all(spec: PlatformSpec) -> None:
    """The nodes' firewall rejects the balancer at the ingress's ports."""
    nodes_drop_all(spec)
    for rule in spec.rules:
        rule.action = "reject"
