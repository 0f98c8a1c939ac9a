"""Inside: what an agent measures from its node.

In: a `World`, a node, a time. Out: inside probes.
It does not: read the Kubernetes API; `reading` does.
"""

from collections.abc import Iterator
from dataclasses import replace

from bench.accuracy.platform.ingress import to_ingress
from bench.accuracy.platform.nodes import to_node
from bench.accuracy.platform.parts import Machine
from bench.accuracy.platform.probes import probe, when
from bench.accuracy.platform.request import Ask, Got, to_pod, to_service
from bench.accuracy.platform.world import World
from parallax.model.probe import Probe, Role

HOP_SECONDS = 5.0
PODS = 10


def measure(world: World, node: Machine, at: float, skew: float) -> tuple[Probe, ...]:
    """Return one cycle's probes of one node; its own clock may be off."""
    written = len(world.log)
    found = tuple(_Agent(world, node, at, skew).probes())
    del world.log[written:]
    return found


class _Agent:
    def __init__(self, world: World, node: Machine, at: float, skew: float) -> None:
        self._world, self._node, self._at, self._skew = world, node, at, skew
        others = [n for n in world.nodes if n.name != node.name]
        self._other = others[world.rng.randrange(len(others))] if others else None

    def probes(self) -> Iterator[Probe]:
        """Yield the probes in the agent's order."""
        world, node = self._world, self._node
        if not world.blind.slices:
            own = [p for p in world.pods if p.node == node.name]
            others = [p for p in world.pods if p.node != node.name]
            for pod in [*own, *others][:PODS]:
                got = to_pod(world, pod, self._ask())
                made = self._probe(
                    Role.POD, got, pod.address, pod.port, peer_node=pod.node
                )
                yield replace(made, pod=pod.name)
        got = to_service(world, self._ask(), node.name)
        yield self._probe(Role.SERVICE, got, "10.96.66.114", 80)
        if world.app_node_port:
            yield from self._node_ports(
                world.app_node_port, Role.NODEPORT_OWN, Role.NODEPORT_OTHER
            )
        yield from self._ingress()

    def _ingress(self) -> Iterator[Probe]:
        world = self._world
        secure = self._secure()
        port = world.ingress.https_port if secure else world.ingress.http_port
        yield from self._node_ports(port, Role.INGRESS, Role.INGRESS_OTHER, tls=secure)
        for pod in world.ingress.pods:
            if pod.ready:
                ask = self._ask(tls=secure, ingress=True)
                got = to_ingress(
                    world, pod, ask, came_by=self._node.name, secure=secure
                )
                made = self._probe(
                    Role.INGRESS_POD,
                    got,
                    pod.address,
                    443 if secure else 80,
                    tls=secure,
                    peer_node=pod.node,
                )
                yield replace(made, pod=pod.name)

    def _node_ports(
        self, port: int, own: Role, other: Role, *, tls: bool = False
    ) -> Iterator[Probe]:
        world = self._world
        ingress = own is Role.INGRESS
        for role, node in ((own, self._node), (other, self._other)):
            if node is None:
                continue
            got = to_node(world, node, port, self._ask(tls=tls, ingress=ingress))
            yield self._probe(
                role, got, node.address, port, tls=tls, peer_node=node.name
            )

    def _secure(self) -> bool:
        """Say whether TLS reaches the ingress, as the Ingress's own section says."""
        listens = self._world.balancer.listens
        return self._world.scheme == "https" and any(
            x.protocol == "tcp" for x in listens
        )

    def _ask(self, *, tls: bool = False, ingress: bool = False) -> Ask:
        world = self._world
        return Ask(
            request_id=f"{world.rng.getrandbits(128):032x}",
            host=world.host,
            at=self._at,
            source=self._node.name,
            tls=tls,
            proxy=ingress and world.ingress.proxy_protocol,
            patience=HOP_SECONDS,
        )

    def _probe(  # noqa: PLR0913 - one argument for each thing that differs
        self,
        role: Role,
        got: Got,
        address: str,
        port: int,
        *,
        tls: bool = False,
        peer_node: str | None = None,
    ) -> Probe:
        world = self._world
        at_ingress = role in {Role.INGRESS, Role.INGRESS_OTHER, Role.INGRESS_POD}
        made = probe(
            got,
            role=role,
            request_id=f"{world.rng.getrandbits(128):032x}",
            url=f"{'https' if tls else 'http'}://{world.host}/",
            host=world.host,
            at=when(self._at + self._skew),
            port=port,
            limit=HOP_SECONDS,
            tls=tls,
            node=self._node.name,
            peer_node=peer_node,
            healthy=(world.expects,),
            proxy_protocol=at_ingress and world.ingress.proxy_protocol,
        )
        return replace(made, peer_address=address)
