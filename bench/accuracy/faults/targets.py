"""Target faults: between the balancer and the ingress: targets, firewalls, policy.

In: a `World`. Out: broken there, with the truth.
It does not: touch what the ingress does with a request.
"""

from dataclasses import replace

from bench.accuracy.faults.fault import Fault, Truth
from bench.accuracy.platform.parts import Rule
from bench.accuracy.platform.wish import Wish
from bench.accuracy.platform.world import World

KUBELET = 10250
"""A port that every node has open."""


def foreign(world: World) -> Truth:
    """The targets are machines of another cluster."""
    count = max(1, len(world.nodes) // 2)
    world.balancer.targets = [f"10.99.0.{n + 4}" for n in range(count)]
    return Truth(cause="lb-targets-not-the-ingress-nodes")


def without_ingress(world: World) -> Truth:
    """With policy Local, all targets are nodes that run no ingress pod."""
    kept = world.nodes[-1].name
    world.ingress.pods = [p for p in world.ingress.pods if p.node == kept]
    world.balancer.targets = [n.name for n in world.nodes if n.name != kept]
    return Truth(cause="lb-targets-not-the-ingress-nodes")


def local_policy(world: World) -> Truth:
    """Policy Local, ingress pods on few nodes, a check that is green everywhere."""
    count = max(1, len(world.nodes) // 3)
    names = {n.name for n in world.rng.sample(world.nodes, count)}
    world.ingress.pods = [p for p in world.ingress.pods if p.node in names]
    for listen in world.balancer.listens:
        listen.check.port, listen.check.protocol = KUBELET, "tcp"
    world.open_everywhere = KUBELET
    return Truth(cause="nodeport-dropped-by-local-traffic-policy")


def firewall(world: World) -> Truth:
    """The nodes drop the balancer; Hetzner says how its checks fail."""
    _block(world, 1.0)
    return Truth(cause="node-firewall-blocks-load-balancer")


def firewall_for_all(world: World) -> Truth:
    """The nodes drop the NodePorts of everybody else, as UFW does by default."""
    _block(world, 1.0)
    for port in (world.ingress.http_port, world.ingress.https_port):
        world.rules.append(Rule(source="nodes", port=port))
    return Truth(cause="node-firewall-blocks-load-balancer")


def firewall_untold(world: World) -> Truth:
    """The same, and Hetzner's API does not say how the checks fail."""
    _block(world, 1.0)
    return Truth(
        cause="lb-no-healthy-target",
        also=("node-firewall-blocks-load-balancer",),
        reason="without `detail` the unhealthy balancer is all that is seen",
    )


def firewall_behind_check(world: World) -> Truth:
    """The checks ask another port, which is open; the ingress port is dropped."""
    _block(world, 1.0)
    for listen in world.balancer.listens:
        listen.check.port, listen.check.protocol = KUBELET, "tcp"
    world.open_everywhere = KUBELET
    return Truth(cause="node-firewall-blocks-load-balancer")


def _block(world: World, share: float, nodes: tuple[str | None, ...] = (None,)) -> None:
    ingress = world.ingress
    for node in nodes:
        for port in (ingress.http_port, ingress.https_port):
            world.rules.append(
                Rule(source="balancer", node=node, port=port, share=share)
            )


def node_flaps(world: World) -> Truth:
    """A few nodes come and go: NotReady, half of what they are sent is lost."""
    down = {
        n.name for n in world.rng.sample(world.nodes, max(1, len(world.nodes) // 3))
    }
    share = world.rng.uniform(0.45, 0.8)
    for node in world.nodes:
        if node.name in down:
            node.ready = False
            for source in ("balancer", "nodes"):
                world.rules.append(Rule(source=source, node=node.name, share=share))
    for pod in (*world.pods, *world.ingress.pods):
        pod.ready = pod.node not in down
    world.blind = replace(world.blind, agents=tuple(sorted(down)))
    return Truth(cause="lb-some-targets-unhealthy")


def some(world: World) -> Truth:
    """A few nodes lose a share of the balancer's connections."""
    count = max(1, len(world.nodes) // 2)
    chosen = world.rng.sample([n.name for n in world.nodes], count)
    _block(world, world.rng.uniform(0.45, 0.8), tuple(chosen))
    return Truth(cause="lb-some-targets-unhealthy")


TARGETS = (
    Fault(
        name="lb-targets-not-the-ingress-nodes", wish=Wish(), inject=foreign, outer=3
    ),
    Fault(
        name="lb-targets-not-the-ingress-nodes-local",
        wish=Wish(nodes=3, policy="Local"),
        inject=without_ingress,
        outer=3,
    ),
    Fault(
        name="nodeport-dropped-by-local-traffic-policy",
        wish=Wish(nodes=3, policy="Local", few_ingress=False),
        inject=local_policy,
    ),
    Fault(
        name="node-firewall-blocks-load-balancer",
        wish=Wish(tells=True),
        inject=firewall,
        outer=3,
    ),
    Fault(
        name="node-firewall-blocks-load-balancer-unchecked",
        wish=Wish(nodes=2, private=True),
        inject=firewall_behind_check,
        outer=3,
    ),
    Fault(
        name="node-firewall-blocks-load-balancer-and-nodes",
        wish=Wish(nodes=3, pods=2, few_ingress=False),
        inject=firewall_for_all,
    ),
    Fault(
        name="lb-some-targets-unhealthy-nodes-down",
        wish=Wish(nodes=3, pods=3, policy="Cluster", few_ingress=False),
        inject=node_flaps,
    ),
    Fault(
        name="lb-no-healthy-target",
        wish=Wish(tells=False),
        inject=firewall_untold,
        outer=3,
    ),
    Fault(
        name="lb-some-targets-unhealthy",
        wish=Wish(nodes=3, policy="Local"),
        inject=some,
    ),
)
