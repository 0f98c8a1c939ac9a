"""Inside: what an agent measures from its node.

In: a `PlatformSpec`, a node, a time. Out: inside probes.
It does not: read the Kubernetes API; `kubernetes` does.
"""

from collections.abc import Iterator
from dataclasses import replace

from bench.accuracy.platform.conditions import Entry
from bench.accuracy.platform.ingress import to_ingress
from bench.accuracy.platform.nodes import LOCAL_ENTRIES, ON_THE_NODES, to_node
from bench.accuracy.platform.parts import Machine
from bench.accuracy.platform.probes import probe, when
from bench.accuracy.platform.request import (
    CLOSED,
    SILENT,
    Request,
    Response,
    closed,
    cut,
    to_pod,
    to_service,
)
from bench.accuracy.platform.spec import PlatformSpec
from parallax.model.probe import Probe, Role

HOP_SECONDS = 5.0
PODS = 10
DNS_PODS = 2
"""Replicas of CoreDNS that kubeadm installs."""


def measure(
    spec: PlatformSpec, node: Machine, at: float, skew: float
) -> tuple[Probe, ...]:
    """Return one cycle's probes of one node; its clock may be wrong."""
    written = len(spec.log)
    found = tuple(_Agent(spec, node, at, skew).probes())
    del spec.log[written:]
    return found


class _Agent:
    def __init__(
        self, spec: PlatformSpec, node: Machine, at: float, skew: float
    ) -> None:
        self._spec, self._node, self._at, self._skew = spec, node, at, skew
        others = [n for n in spec.nodes if n.name != node.name]
        self._other = others[spec.rng.randrange(len(others))] if others else None

    def probes(self) -> Iterator[Probe]:
        """Yield the probes in the agent's order."""
        spec, node = self._spec, self._node
        reading = not spec.hidden.slices and not spec.conditions.external
        if reading and spec.port_name is None:
            found = [p for p in spec.pods if p.phase == "Running"]
            own = [p for p in found if p.node == node.name]
            others = [p for p in found if p.node != node.name]
            for pod in [*own, *others][:PODS]:
                response = to_pod(spec, pod, self._request())
                place = None if spec.outside else pod.node
                made = self._probe(
                    Role.POD, response, pod.address, pod.port, peer_node=place
                )
                yield replace(made, pod=None if spec.outside else pod.name)
        if not spec.conditions.external:
            response = to_service(spec, self._request(), node.name)
            yield self._probe(Role.SERVICE, response, "10.96.66.114", 80)
        if spec.app_node_port:
            yield from self._node_ports(
                spec.app_node_port, Role.NODEPORT_OWN, Role.NODEPORT_OTHER
            )
        if spec.has_ingress or spec.conditions.beside:
            yield from self._ingress()
        # What the other probes draw stays as it is without these.
        state = spec.rng.getstate()
        yield from list(self._cluster_dns())
        spec.rng.setstate(state)

    def _cluster_dns(self) -> Iterator[Probe]:
        """Probe a DNS pod on each node where pods of the app are unreachable."""
        spec, node = self._spec, self._node
        cut_off = {
            pod.node
            for pod in spec.pods
            if pod.node != node.name
            and pod.phase == "Running"
            and not spec.outside
            and not spec.hidden.slices
            and (
                closed(spec, pod, self._request())
                or cut(spec, node.name, pod.node, host_network=pod.host_network)
            )
        }
        for number, other in enumerate(spec.nodes[:DNS_PODS]):
            if other.name not in cut_off or other.name in spec.conditions.dead:
                continue
            is_cut = cut(spec, node.name, other.name, host_network=False)
            made = self._probe(
                Role.OTHER_POD,
                SILENT if is_cut else CLOSED,
                f"10.42.{number}.53",
                53,
                peer_node=other.name,
            )
            yield replace(made, pod=f"coredns-{number}", url="http://coredns:53/")

    def _ingress(self) -> Iterator[Probe]:
        spec = self._spec
        secure = self._secure()
        entry = spec.conditions.entry
        if entry in ON_THE_NODES:
            ports = spec.ingress.http_port, spec.ingress.https_port
        else:
            ports = spec.shown_ports
        at = self._listening()
        yield from self._node_ports(
            ports[secure], Role.INGRESS, Role.INGRESS_OTHER, tls=secure, at=at
        )
        if entry is Entry.DUMMY:
            return
        for pod in spec.ingress.pods:
            if pod.ready:
                request = self._request(tls=secure, ingress=True)
                response = to_ingress(
                    spec, pod, request, came_by=self._node.name, secure=secure
                )
                made = self._probe(
                    Role.INGRESS_POD,
                    response,
                    pod.address,
                    443 if secure else 80,
                    tls=secure,
                    peer_node=pod.node,
                )
                yield replace(made, pod=pod.name)

    def _listening(self) -> frozenset[str] | None:
        """Return the nodes with an ingress pod if its pods listen there; None: all."""
        spec = self._spec
        if spec.conditions.entry not in LOCAL_ENTRIES:
            return None
        return frozenset(pod.node for pod in spec.ingress.pods)

    def _next(self, at: frozenset[str] | None) -> Machine | None:
        """Return the other node that is probed: one that listens, if it has to."""
        if at is None or (self._other and self._other.name in at):
            return self._other
        names = sorted(at - {self._node.name})
        return self._spec.node(names[0]) if names else None

    def _node_ports(
        self,
        port: int,
        own: Role,
        other: Role,
        *,
        tls: bool = False,
        at: frozenset[str] | None = None,
    ) -> Iterator[Probe]:
        spec = self._spec
        ingress = own is Role.INGRESS
        for role, node in ((own, self._node), (other, self._next(at))):
            if node is None or (at is not None and self._node.name not in at):
                continue
            response = to_node(
                spec, node, port, self._request(tls=tls, ingress=ingress)
            )
            yield self._probe(
                role, response, node.address, port, tls=tls, peer_node=node.name
            )

    def _proxies(self) -> bool:
        """Return whether the agent sends PROXY lines to the ingress."""
        return self._spec.ingress.proxy_protocol and self._spec.conditions.proxy_read

    def _secure(self) -> bool:
        """Return whether TLS reaches the ingress, as its tls section says.

        Or its entry point. Where the route may be of a kind that was not read, the
        agent probes as the target's URL says.
        """
        listens = self._spec.balancer.listens
        state = self._spec.conditions
        if not state.rules_read:
            return self._spec.scheme == "https"
        if not state.tls_read:
            return False
        section = state.redirects == "tls-section"
        ends_here = section or any(x.protocol == "tcp" for x in listens)
        return self._spec.scheme == "https" and ends_here

    def _request(self, *, tls: bool = False, ingress: bool = False) -> Request:
        spec = self._spec
        return Request(
            request_id=f"{spec.rng.getrandbits(128):032x}",
            host=spec.host,
            at=self._at,
            source=self._node.name,
            tls=tls,
            proxy=ingress and self._proxies(),
            patience=HOP_SECONDS,
        )

    def _probe(  # noqa: PLR0913 - one argument for each thing that differs
        self,
        role: Role,
        response: Response,
        address: str,
        port: int,
        *,
        tls: bool = False,
        peer_node: str | None = None,
    ) -> Probe:
        spec = self._spec
        at_ingress = role in {Role.INGRESS, Role.INGRESS_OTHER, Role.INGRESS_POD}
        made = probe(
            response,
            role=role,
            request_id=f"{spec.rng.getrandbits(128):032x}",
            url=f"{'https' if tls else 'http'}://{spec.host}/",
            host=spec.host,
            at=when(self._at + self._skew),
            port=port,
            limit=HOP_SECONDS,
            tls=tls,
            node=self._node.name,
            peer_node=peer_node,
            healthy=(spec.expects,),
            proxy_protocol=at_ingress and self._proxies(),
        )
        return replace(made, peer_address=address)
