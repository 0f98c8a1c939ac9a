"""Fleet: the agents of a whole cluster, as far as their requests go.

In: how many nodes and pods. Out: the requests of each agent, by the same functions that
the agents use. It leaves out: reading, and sending.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from zlib import crc32

from parallax.model.cluster import ClusterReading, Endpoint, Node, Service, ServicePort
from parallax.model.target import Target
from parallax.probe import ProbeRequest
from parallax_agent.hops.plan import plan_requests
from parallax_agent.hops.selection import VantagePoint
from parallax_agent.hops.share import take_share
from parallax_agent.pace.turns import Place, newest_turn, place_of
from parallax_agent.read.target_path import TargetPath
from parallax_agent.route.ingress import Route
from tests.agent.hops.test_plan import NOW

PORT = ServicePort(port=80, target_port="80", node_port=30080)
TARGET = Target(name="shop", url="https://shop.example/")


@dataclass(frozen=True)
class Fleet:
    """The agents of a cluster with one target; every pod is on some node."""

    nodes: int
    pods: int
    ingress_pods: int = 3

    @cached_property
    def names(self) -> list[str]:
        """The names of the nodes, sorted."""
        return [f"node-{number:03}" for number in range(self.nodes)]

    @cached_property
    def path(self) -> TargetPath:
        """The path that every agent reads."""
        nodes = tuple(
            Node(name=name, internal_ip=f"10.0.{n // 250}.{n % 250 + 1}")
            for n, name in enumerate(self.names)
        )
        service = Service(
            namespace="shop", name="shop", cluster_ip="10.43.0.7", ports=(PORT,)
        )
        reading = ClusterReading(
            read_at=NOW,
            nodes=nodes,
            service=service,
            ingress_service=replace(service, namespace="ingress"),
            endpoints=self._ends("shop", self.pods),
            ingress_endpoints=self._ends("ingress", self.ingress_pods),
        )
        route = Route(ingress="shop", namespace="shop", service="shop", port=80)
        return TargetPath(
            reading=reading,
            port=PORT,
            route=route,
            app_nodes=nodes,
            ingress_nodes=nodes,
        )

    def _ends(self, name: str, count: int) -> tuple[Endpoint, ...]:
        return tuple(
            Endpoint(
                address=f"10.{42 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}",
                ready=True,
                port=80,
                node=self.names[n % self.nodes],
                pod=f"{name}-{n:04}",
            )
            for n in range(count)
        )

    def place(self, number: int) -> Place:
        """Return the place of a node."""
        return place_of(self.names[number], self.names)

    def whole_plan(self, number: int, cycle: int) -> list[ProbeRequest]:
        """Return everything that a node sends in one round."""
        at = VantagePoint(node=self.names[number], cycle=cycle)
        return plan_requests(TARGET, self.path, at)

    def at_second(self, second: int) -> list[ProbeRequest]:
        """Return what all agents send in one second while the target is healthy."""
        owner = (second + crc32(TARGET.name.encode())) % self.nodes
        place = self.place(owner)
        assert place == Place(owner, self.nodes)
        length = len(self.whole_plan(owner, 0))
        turn = newest_turn(second, TARGET.name, place, length)
        if turn == newest_turn(second - 1, TARGET.name, place, length):
            return []
        rounds, number = divmod(turn, length)
        return [self.whole_plan(owner, rounds)[number]]

    def in_alert(self, cycle: int) -> list[ProbeRequest]:
        """Return what all agents send in one cycle while the target fails."""
        return [
            request
            for number, name in enumerate(self.names)
            for request in take_share(
                self.whole_plan(number, cycle),
                index=self.place(number).index,
                count=self.nodes,
                cycle=cycle,
            )
            if request.node == name
        ]
