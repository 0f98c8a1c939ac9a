"""Faults between the load balancer and the ingress: firewalls, policy, timeouts.

In: a platform. Out: the same with that way broken; and the rows.
It does not: change what the ingress does with a request.
"""

from dataclasses import replace

from bench.accuracy.platform.parts import Rule
from bench.accuracy.platform.requirements import Requirements
from bench.accuracy.platform.spec import PlatformSpec
from faults.row import Injection, Row, Truth
from parallax.model.judgement import Class, Hop

KUBELET = 10250
"""A port that every node has open."""


def local_policy(spec: PlatformSpec) -> None:
    """Policy Local, ingress pods on few nodes, a check that passes everywhere."""
    count = max(1, len(spec.nodes) // 3)
    names = {n.name for n in spec.rng.sample(spec.nodes, count)}
    spec.ingress.pods = [p for p in spec.ingress.pods if p.node in names]
    for listen in spec.balancer.listens:
        listen.check.port, listen.check.protocol = KUBELET, "tcp"
    spec.open_everywhere = KUBELET


def firewall(spec: PlatformSpec) -> None:
    """The nodes drop the load balancer; Hetzner reports how its checks fail."""
    _block(spec, 1.0)


def firewall_for_all(spec: PlatformSpec) -> None:
    """The nodes drop connections of all others to NodePorts, as UFW does by default."""
    _block(spec, 1.0)
    for port in (spec.ingress.http_port, spec.ingress.https_port):
        spec.rules.append(Rule(source="nodes", port=port))


def firewall_untold(spec: PlatformSpec) -> Truth:
    """The same, and Hetzner's API does not report how the checks fail."""
    _block(spec, 1.0)
    return Truth(
        also=("node-firewall-blocks-load-balancer",),
        reason="without `detail` the unhealthy balancer is all that is seen",
    )


def firewall_behind_check(spec: PlatformSpec) -> None:
    """The checks use another port, which is open; the ingress port is dropped."""
    _block(spec, 1.0)
    for listen in spec.balancer.listens:
        listen.check.port, listen.check.protocol = KUBELET, "tcp"
    spec.open_everywhere = KUBELET


def _block(
    spec: PlatformSpec, share: float, nodes: tuple[str | None, ...] = (None,)
) -> None:
    ingress = spec.ingress
    for node in nodes:
        for port in (ingress.http_port, ingress.https_port):
            spec.rules.append(
                Rule(source="balancer", node=node, port=port, share=share)
            )


def node_flaps(spec: PlatformSpec) -> None:
    """A few nodes are NotReady at times: half of their connections are lost."""
    down = {n.name for n in spec.rng.sample(spec.nodes, max(1, len(spec.nodes) // 3))}
    share = spec.rng.uniform(0.45, 0.8)
    for node in spec.nodes:
        if node.name in down:
            node.ready = False
            for source in ("balancer", "nodes"):
                spec.rules.append(Rule(source=source, node=node.name, share=share))
    for pod in (*spec.pods, *spec.ingress.pods):
        pod.ready = pod.node not in down
    spec.hidden = replace(spec.hidden, agents=tuple(sorted(down)))


def some(spec: PlatformSpec) -> None:
    """A few nodes lose a share of the balancer's connections."""
    count = max(1, len(spec.nodes) // 2)
    chosen = spec.rng.sample([n.name for n in spec.nodes], count)
    _block(spec, spec.rng.uniform(0.45, 0.8), tuple(chosen))


def impatient(spec: PlatformSpec) -> None:
    """The load balancer times out before slow pods respond."""
    spec.balancer.server_timeout = spec.rng.choice((1.0, 2.0))
    slow = spec.balancer.server_timeout * spec.rng.uniform(1.5, 1.75)
    spec.ingress.read_timeout = 60.0
    for pod in spec.pods:
        pod.seconds = slow


def node_dead(spec: PlatformSpec) -> Truth:
    """A node is off; its pods are still endpoints."""
    dead = spec.pods[-1].node
    spec.conditions.dead = (dead,)
    for node in spec.nodes:
        if node.name == dead:
            node.ready = spec.rng.random() < 0.5
    return Truth(
        also=("lb-some-targets-unhealthy",),
        reason="the node is a target, and unhealthy for the same reason",
    )


def full_table(spec: PlatformSpec) -> Truth:
    """A node's connection table is full: it drops most new connections."""
    spec.conditions.full_table = (spec.rng.choice(spec.nodes).name,)
    return Truth(
        also=("lb-some-targets-unhealthy",),
        reason="the node is a target, and unhealthy now and then for the same reason",
    )


def no_kube_proxy(spec: PlatformSpec) -> None:
    """A node forwards nothing, and the checks use another port, which is open."""
    spec.conditions.no_proxy = (spec.rng.choice(spec.nodes).name,)
    for listen in spec.balancer.listens:
        listen.check.port, listen.check.protocol = KUBELET, "tcp"
    spec.open_everywhere = KUBELET


def rest_lost(spec: PlatformSpec) -> None:
    """Large packets from the nodes to the load balancer are lost."""
    spec.conditions.lost, spec.conditions.page_bytes = "balancer", 40000


def all_lost(spec: PlatformSpec) -> None:
    """The same, and the load balancer waits for a complete response."""
    spec.conditions.lost, spec.conditions.page_bytes = "balancer-all", 40000
    spec.balancer.server_timeout = spec.rng.choice((3.0, 60.0))


def lost_between_nodes(spec: PlatformSpec) -> None:
    """Large packets of the network of pods are lost."""
    spec.conditions.lost, spec.conditions.page_bytes = "overlay", 30000
    spec.ingress.read_timeout = spec.rng.choice((2.0, 3.0))


TARGETS = (
    Row(
        cause="nodeport-dropped-by-local-traffic-policy",
        class_=Class.LOAD_BALANCER,
        hop=Hop.NODE,
        lab=("nodeport-dropped-by-local-traffic-policy",),
        bench=(
            Injection(
                name="nodeport-dropped-by-local-traffic-policy",
                inject=local_policy,
                requires=Requirements(nodes=3, policy="Local", few_ingress=False),
            ),
        ),
        supports="local_drops",
        refutes="some_unhealthy",
    ),
    Row(
        cause="node-firewall-blocks-load-balancer",
        class_=Class.LOAD_BALANCER,
        hop=Hop.NODE,
        lab=("node-firewall-blocks-load-balancer",),
        bench=(
            Injection(
                name="node-firewall-blocks-load-balancer",
                inject=firewall,
                requires=Requirements(has_detail=True),
                position=3,
            ),
            Injection(
                name="node-firewall-blocks-load-balancer-unchecked",
                inject=firewall_behind_check,
                requires=Requirements(nodes=2, private=True),
                position=3,
            ),
            Injection(
                name="node-firewall-blocks-load-balancer-and-nodes",
                inject=firewall_for_all,
                requires=Requirements(nodes=3, pods=2, few_ingress=False),
            ),
        ),
        supports="firewall",
        refutes="check_rejected",
    ),
    Row(
        cause="lb-no-healthy-target",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-no-healthy-target",),
        bench=(
            Injection(
                name="lb-no-healthy-target",
                inject=firewall_untold,
                requires=Requirements(has_detail=False),
                position=3,
            ),
        ),
        supports="no_healthy_target",
        refutes="some_unhealthy",
    ),
    Row(
        cause="lb-some-targets-unhealthy",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-some-targets-unhealthy",),
        bench=(
            Injection(
                name="lb-some-targets-unhealthy",
                inject=some,
                requires=Requirements(nodes=3, policy="Local"),
            ),
            Injection(
                name="lb-some-targets-unhealthy-nodes-down",
                inject=node_flaps,
                requires=Requirements(
                    nodes=3, pods=3, policy="Cluster", few_ingress=False
                ),
            ),
        ),
        supports="some_unhealthy",
        refutes="local_drops",
    ),
    Row(
        cause="lb-timeout-too-short",
        class_=Class.LOAD_BALANCER,
        hop=Hop.LOAD_BALANCER,
        lab=("lb-timeout-too-short",),
        bench=(
            Injection(
                name="lb-timeout-too-short",
                inject=impatient,
                requires=Requirements(protocol="https", check="tcp", cdn=False),
            ),
        ),
        supports="impatient",
        refutes="slow_pods",
    ),
    Row(
        cause="large-responses-lost",
        class_=Class.LOAD_BALANCER,
        hop=Hop.NODE,
        not_in_lab="The lab's programs share one network interface without a limit of"
        " the packet size",
        bench=(
            Injection(
                name="large-responses-lost",
                inject=rest_lost,
                requires=Requirements(protocol="https", check="tcp"),
            ),
            Injection(
                name="large-responses-lost-balancer-waits",
                inject=all_lost,
                requires=Requirements(
                    protocol="https", check="tcp", kind="ingress-nginx"
                ),
            ),
            Injection(
                name="large-responses-lost-between-nodes",
                inject=lost_between_nodes,
                requires=Requirements(
                    nodes=3, pods=3, host_network=False, check="tcp", policy="Local"
                ),
            ),
        ),
        supports="cut_bodies",
        refutes="impatient",
    ),
    Row(
        cause="node-down",
        class_=Class.BACKEND,
        hop=Hop.NODE,
        not_in_lab="All nodes of the lab are one network namespace: none stops alone."
        " The agents are the stage's, so a fault stops none of them",
        bench=(
            Injection(
                name="node-down",
                inject=node_dead,
                requires=Requirements(
                    nodes=3, pods=3, check="tcp", kind="ingress-nginx"
                ),
            ),
        ),
        supports="dead_node",
        refutes="cut_off",
    ),
    Row(
        cause="node-connection-table-full",
        class_=Class.BACKEND,
        hop=Hop.NODE,
        not_in_lab="All nodes of the lab share one kernel and its table",
        bench=(
            Injection(
                name="node-connection-table-full",
                inject=full_table,
                requires=Requirements(
                    nodes=3,
                    pods=3,
                    policy="Cluster",
                    check="tcp",
                    private=True,
                    cdn=False,
                    host_network=False,
                ),
            ),
        ),
        supports="full_table",
        refutes="dead_proxy",
    ),
    Row(
        cause="kube-proxy-dead-on-node",
        class_=Class.BACKEND,
        hop=Hop.NODE,
        lab=("kube-proxy-dead-on-node",),
        bench=(
            Injection(
                name="kube-proxy-dead-on-node",
                inject=no_kube_proxy,
                requires=Requirements(
                    nodes=3, pods=3, policy="Cluster", private=True, cdn=False
                ),
            ),
        ),
        supports="dead_proxy",
        refutes="cut_off",
    ),
)
