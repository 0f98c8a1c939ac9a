"""Look-alikes: harmless situations that resemble a fault, in one table.

In: a healthy platform. Out: the same with something that resembles a fault; and one
row for each look-alike of the lab, the bench and the tests.
It does not: inject what a cause describes. If users fail (`fails`), nothing on the
platform is at fault, or nothing that a cause describes.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

from bench.accuracy.platform.parts import Rule
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults.row import ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """One look-alike, and who plays it.

    `lab`: a file `lab/look-alikes/<id>.yaml` does; `inject`: the bench does, on a
    platform that meets `requires`; `snapshot`: a function of
    `tests/parallax/look_alikes` builds one, and names the causes that may be named.
    """

    id: str
    lab: bool = False
    inject: Callable[[PlatformSpec], None] | None = None
    requires: Requirements = ANY
    fails: bool = False
    """Whether the first request of the judged run failed."""
    snapshot: bool = False


def calm(_: PlatformSpec) -> None:
    """Nothing is changed."""


def rollout(spec: PlatformSpec) -> None:
    """A third of the pods is being replaced."""
    for pod in spec.pods[: len(spec.pods) // 3]:
        pod.ready, pod.age, pod.behavior = False, 4.0, "refuse"
    spec.changed_ago, spec.updated = 6.0, len(spec.pods) // 2


def one_target(spec: PlatformSpec) -> None:
    """One node drops the load balancer, which has marked it unhealthy."""
    spec.rules.append(Rule(source="balancer", node=spec.nodes[0].name))


def one_node(spec: PlatformSpec) -> None:
    """A node cannot reach the others' NodePorts, which no user's request needs."""
    for port in (spec.ingress.http_port, spec.ingress.https_port):
        spec.rules.append(Rule(source=spec.nodes[-1].name, port=port))


def scanner(spec: PlatformSpec) -> None:
    """A scanner requests hosts that no Ingress serves."""
    spec.scanner_lines = 20


def silent(spec: PlatformSpec) -> None:
    """No agent reports."""
    names = tuple(n.name for n in spec.nodes)
    spec.hidden = replace(spec.hidden, agents=names)


def no_token(spec: PlatformSpec) -> None:
    """The Hetzner API rejects the token."""
    spec.hidden = replace(spec.hidden, token=True)


def clocks(spec: PlatformSpec) -> None:
    """Every node's clock is wrong."""
    rng = spec.rng
    skew = {n.name: rng.choice((-1, 1)) * rng.uniform(20, 900) for n in spec.nodes}
    spec.hidden = replace(spec.hidden, skew=skew)


def blip(spec: PlatformSpec) -> None:
    """A single request is reset; all others succeed."""
    spec.lost_requests = 1


def unnoticed(spec: PlatformSpec) -> None:
    """The ingress recovered seconds ago; all targets are still marked unhealthy."""
    spec.balancer_view = deepcopy(spec)
    for was, pod in zip(
        spec.balancer_view.ingress.pods, spec.ingress.pods, strict=True
    ):
        was.ready, pod.age = False, 20.0


def one_family(spec: PlatformSpec) -> None:
    """The balancer's IPv6 address does not respond; IPv4 works."""
    balancer = spec.balancer
    balancer.ipv6 = balancer.ipv6 or f"2001:db8:1::{balancer.number % 100}"
    both = (balancer.ipv4, balancer.ipv6)
    spec.names.zone, spec.dead = both, (balancer.ipv6,)
    spec.names.caches = dict.fromkeys(spec.names.caches, both)
    spec.outside_has_v6 = True


def second_node_down(spec: PlatformSpec) -> None:
    """A node is NotReady, and its target is rightly unhealthy; users are served."""
    node = spec.nodes[0]
    node.ready = False
    for source in ("balancer", "nodes"):
        spec.rules.append(Rule(source=source, node=node.name))
    for pod in (*spec.pods, *spec.ingress.pods):
        pod.ready = pod.ready and pod.node != node.name
    spec.hidden = replace(spec.hidden, agents=(node.name,))


LOOK_ALIKES = (
    LookAlike(id="healthy", inject=calm),
    LookAlike(id="cached-page", lab=True),
    LookAlike(id="slow-node", lab=True),
    LookAlike(id="one-pod-not-ready", lab=True),
    LookAlike(id="scanner", lab=True, inject=scanner),
    LookAlike(
        id="one-target-unhealthy",
        lab=True,
        inject=one_target,
        requires=Requirements(nodes=2, few_ingress=False),
    ),
    LookAlike(id="rollout", inject=rollout, requires=Requirements(nodes=3, pods=3)),
    LookAlike(id="one-node-cut", inject=one_node, requires=Requirements(nodes=2)),
    LookAlike(id="agents-silent", inject=silent),
    LookAlike(id="no-token", inject=no_token),
    LookAlike(id="clocks-off", inject=clocks),
    LookAlike(
        id="node-not-ready",
        inject=second_node_down,
        requires=Requirements(nodes=3, pods=3, few_ingress=False),
    ),
    LookAlike(id="not-noticed-yet", inject=unnoticed, fails=True),
    LookAlike(
        id="one-family-dead",
        inject=one_family,
        requires=Requirements(cdn=False),
        fails=True,
        snapshot=True,
    ),
    LookAlike(id="blip", inject=blip, requires=Requirements(cdn=False), fails=True),
    LookAlike(id="the-cdns-origin-has-no-name", snapshot=True),
    LookAlike(id="a-cdn-of-no-known-make", snapshot=True),
    LookAlike(id="an-unmarked-replay", snapshot=True),
    LookAlike(id="nodes-without-an-agent", snapshot=True),
    LookAlike(id="a-log-without-our-ids", snapshot=True),
    LookAlike(id="a-proxy-nobody-named", snapshot=True),
    LookAlike(id="a-second-balancer", snapshot=True),
    LookAlike(id="a-cdn-that-hides-the-pods-answer", snapshot=True),
    LookAlike(id="a-firewall-that-stops-everybody", snapshot=True),
    LookAlike(id="a-firewall-behind-a-cdn", snapshot=True),
    LookAlike(id="policy-local-behind-a-cdn", snapshot=True),
    LookAlike(id="policy-local-rightly-takes-three-out", snapshot=True),
    LookAlike(id="a-node-that-is-down", snapshot=True),
    LookAlike(id="public-addresses-of-documentation", snapshot=True),
    LookAlike(id="an-ingress-nobody-sends-to", snapshot=True),
    LookAlike(id="a-right-404", snapshot=True),
    LookAlike(id="an-app-that-hangs-behind-a-wrong-port", snapshot=True),
    LookAlike(id="a-balancer-at-its-limit", snapshot=True),
    LookAlike(id="the-app-came-back-just-now", snapshot=True),
    LookAlike(id="the-ingress-came-back-just-now", snapshot=True),
    LookAlike(id="the-ingress-came-back-long-ago", snapshot=True),
    LookAlike(id="no-route-yet", snapshot=True),
    LookAlike(id="a-green-check-on-another-port", snapshot=True),
    LookAlike(id="a-check-that-flaps-with-the-app", snapshot=True),
    LookAlike(id="routes-that-no-ingress-names", snapshot=True),
    LookAlike(id="proxy-lines-break-the-inside-only", snapshot=True),
    LookAlike(id="an-old-reading-of-the-balancer", snapshot=True),
    LookAlike(id="agents-that-spoke-before", snapshot=True),
    LookAlike(id="a-check-that-asks-nobody-of-ours", snapshot=True),
    LookAlike(id="agents-that-send-lines", snapshot=True),
    LookAlike(id="a-few-agents-over-a-broken-overlay", snapshot=True),
    LookAlike(id="nodes-that-hang-for-each-other", snapshot=True),
    LookAlike(id="an-haproxy-ingress-without-pods", snapshot=True),
    LookAlike(id="an-haproxy-ingress-whose-pods-refuse", snapshot=True),
    LookAlike(id="an-haproxy-ingress-says-404", snapshot=True),
    LookAlike(id="an-haproxy-ingress-beside-a-dead-target", snapshot=True),
    LookAlike(id="a-page-that-two-may-have-written", snapshot=True),
    LookAlike(id="a-balancer-that-gives-up-first", snapshot=True),
    LookAlike(id="a-mesh-in-the-pod", snapshot=True),
    LookAlike(id="a-pod-that-runs-nginx", snapshot=True),
    LookAlike(id="a-pod-that-runs-haproxy", snapshot=True),
    LookAlike(id="a-maintenance-page", snapshot=True),
    LookAlike(id="a-login-nobody-expected", snapshot=True),
    LookAlike(id="an-apps-own-404", snapshot=True),
    LookAlike(id="an-unmarked-404-of-the-ingress", snapshot=True),
    LookAlike(id="replicas-that-differ-by-chance", snapshot=True),
    LookAlike(id="one-pods-error-among-others", snapshot=True),
)
