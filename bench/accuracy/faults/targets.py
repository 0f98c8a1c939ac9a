"""Target faults: between the balancer and the ingress: targets, firewalls, policy.

In: a `PlatformSpec`. Out: broken there, with the truth.
It does not: touch what the ingress does with a request.
"""

from dataclasses import replace

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform.parts import Rule
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec

KUBELET = 10250
"""A port that every node has open."""


def foreign(spec: PlatformSpec) -> Truth:
    """The targets are machines of another cluster."""
    count = max(1, len(spec.nodes) // 2)
    spec.balancer.targets = [f"10.99.0.{n + 4}" for n in range(count)]
    return Truth(cause="lb-targets-not-the-ingress-nodes")


def without_ingress(spec: PlatformSpec) -> Truth:
    """With policy Local, all targets are nodes that run no ingress pod."""
    kept = spec.nodes[-1].name
    spec.ingress.pods = [p for p in spec.ingress.pods if p.node == kept]
    spec.balancer.targets = [n.name for n in spec.nodes if n.name != kept]
    return Truth(cause="lb-targets-not-the-ingress-nodes")


def local_policy(spec: PlatformSpec) -> Truth:
    """Policy Local, ingress pods on few nodes, a check that is green everywhere."""
    count = max(1, len(spec.nodes) // 3)
    names = {n.name for n in spec.rng.sample(spec.nodes, count)}
    spec.ingress.pods = [p for p in spec.ingress.pods if p.node in names]
    for listen in spec.balancer.listens:
        listen.check.port, listen.check.protocol = KUBELET, "tcp"
    spec.open_everywhere = KUBELET
    return Truth(cause="nodeport-dropped-by-local-traffic-policy")


def firewall(spec: PlatformSpec) -> Truth:
    """The nodes drop the balancer; Hetzner says how its checks fail."""
    _block(spec, 1.0)
    return Truth(cause="node-firewall-blocks-load-balancer")


def firewall_for_all(spec: PlatformSpec) -> Truth:
    """The nodes drop the NodePorts of everybody else, as UFW does by default."""
    _block(spec, 1.0)
    for port in (spec.ingress.http_port, spec.ingress.https_port):
        spec.rules.append(Rule(source="nodes", port=port))
    return Truth(cause="node-firewall-blocks-load-balancer")


def firewall_untold(spec: PlatformSpec) -> Truth:
    """The same, and Hetzner's API does not say how the checks fail."""
    _block(spec, 1.0)
    return Truth(
        cause="lb-no-healthy-target",
        also=("node-firewall-blocks-load-balancer",),
        reason="without `detail` the unhealthy balancer is all that is seen",
    )


def firewall_behind_check(spec: PlatformSpec) -> Truth:
    """The checks ask another port, which is open; the ingress port is dropped."""
    _block(spec, 1.0)
    for listen in spec.balancer.listens:
        listen.check.port, listen.check.protocol = KUBELET, "tcp"
    spec.open_everywhere = KUBELET
    return Truth(cause="node-firewall-blocks-load-balancer")


def _block(
    spec: PlatformSpec, share: float, nodes: tuple[str | None, ...] = (None,)
) -> None:
    ingress = spec.ingress
    for node in nodes:
        for port in (ingress.http_port, ingress.https_port):
            spec.rules.append(
                Rule(source="balancer", node=node, port=port, share=share)
            )


def node_flaps(spec: PlatformSpec) -> Truth:
    """A few nodes come and go: NotReady, half of what they are sent is lost."""
    down = {n.name for n in spec.rng.sample(spec.nodes, max(1, len(spec.nodes) // 3))}
    share = spec.rng.uniform(0.45, 0.8)
    for node in spec.nodes:
        if node.name in down:
            node.ready = False
            for source in ("balancer", "nodes"):
                spec.rules.append(Rule(source=source, node=node.name, share=share))
    for pod in (*spec.pods, *spec.ingress.pods):
        pod.ready = pod.node not in down
    spec.blind = replace(spec.blind, agents=tuple(sorted(down)))
    return Truth(cause="lb-some-targets-unhealthy")


def some(spec: PlatformSpec) -> Truth:
    """A few nodes lose a share of the balancer's connections."""
    count = max(1, len(spec.nodes) // 2)
    chosen = spec.rng.sample([n.name for n in spec.nodes], count)
    _block(spec, spec.rng.uniform(0.45, 0.8), tuple(chosen))
    return Truth(cause="lb-some-targets-unhealthy")


TARGETS = (
    Fault(
        name="lb-targets-not-the-ingress-nodes",
        requires=Requirements(),
        inject=foreign,
        position=3,
    ),
    Fault(
        name="lb-targets-not-the-ingress-nodes-local",
        requires=Requirements(nodes=3, policy="Local"),
        inject=without_ingress,
        position=3,
    ),
    Fault(
        name="nodeport-dropped-by-local-traffic-policy",
        requires=Requirements(nodes=3, policy="Local", few_ingress=False),
        inject=local_policy,
    ),
    Fault(
        name="node-firewall-blocks-load-balancer",
        requires=Requirements(tells=True),
        inject=firewall,
        position=3,
    ),
    Fault(
        name="node-firewall-blocks-load-balancer-unchecked",
        requires=Requirements(nodes=2, private=True),
        inject=firewall_behind_check,
        position=3,
    ),
    Fault(
        name="node-firewall-blocks-load-balancer-and-nodes",
        requires=Requirements(nodes=3, pods=2, few_ingress=False),
        inject=firewall_for_all,
    ),
    Fault(
        name="lb-some-targets-unhealthy-nodes-down",
        requires=Requirements(nodes=3, pods=3, policy="Cluster", few_ingress=False),
        inject=node_flaps,
    ),
    Fault(
        name="lb-no-healthy-target",
        requires=Requirements(tells=False),
        inject=firewall_untold,
        position=3,
    ),
    Fault(
        name="lb-some-targets-unhealthy",
        requires=Requirements(nodes=3, policy="Local"),
        inject=some,
    ),
)
