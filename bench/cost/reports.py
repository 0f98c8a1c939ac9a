"""Reports: what an agent reports of a target, from a drawn platform of many nodes.

In: a cluster's name, its targets and number of nodes. Out: reports in both versions,
with times of now.
It does not: vary; each report of one node and target has the same content.
"""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from random import Random

from bench.accuracy.platform.draw import draw
from bench.accuracy.platform.observe import report
from bench.accuracy.platform.requirements import Requirements
from parallax.model.cluster import ClusterReading, NodeReport, Sighting
from parallax.model.probe import Probe, Role
from parallax.model.push import ReadingPart
from parallax.model.reading_parts import nodes_part, split
from parallax.model.reporters import reporters

ALERT_REQUESTS = 300
MOST_PROBES = 26
"""Requests that all agents send a target in one cycle, and one agent at most."""
INGRESS_PODS, PODS = 10, 6
LOGGING_NODES = 3
"""Nodes whose ingress logs the external requests of a cycle."""
IMPORTANT = (Role.INGRESS, Role.SERVICE, Role.NODEPORT_OWN, Role.POD)


class Reports:
    """The reports of one cluster."""

    def __init__(self, cluster: str, nodes: int, targets: tuple[str, ...]) -> None:
        self.cluster = cluster
        self.targets = targets
        self.known = frozenset(targets)
        rng = Random(f"{cluster}:{nodes}")
        least = Requirements(nodes=nodes, pods=2, kind="ingress-nginx", cdn=False)
        self._spec = draw(rng, replace(least, policy="Cluster", few_ingress=False))
        del self._spec.nodes[nodes:]
        self._spec.app_node_port = self._spec.app_node_port or 31_000
        names = {node.name for node in self._spec.nodes}
        ingress = self._spec.ingress
        ingress.pods = [p for p in ingress.pods if p.node in names][:INGRESS_PODS]
        self._spec.pods = [p for p in self._spec.pods if p.node in names][:PODS]
        self._reports: dict[int, NodeReport] = {}
        self._split = cache(self._split_once)
        reading = self._reading(self._report(0))
        self._reporters = cache(lambda target: reporters(target, reading))
        nodes_of = nodes_part(reading)
        if nodes_of is None:
            raise ValueError("a drawn platform has nodes")
        self.nodes_part = nodes_of

    def name(self, node: int) -> str:
        """Return a node's name."""
        return self._spec.nodes[node].name

    def is_reporter(self, target: str, node: str) -> bool:
        """Return whether a node reports a target when `ingest` requests it."""
        chosen = self._reporters(target) if target in self.known else frozenset[str]()
        return chosen is None or node in chosen

    def v1(self, node: int, target: str) -> NodeReport:
        """Return a report with the whole reading and healthy probes of every hop."""
        found = self._report(node)
        now = datetime.now(UTC)
        reading = replace(self._reading(found), read_at=now, ingress_name=target)
        return self._stamped(found, target, now, reading=reading)

    def v2(self, node: int, target: str) -> tuple[NodeReport, tuple[ReadingPart, ...]]:
        """Return a report that refers to its reading, and the reading's parts."""
        found = self._report(node)
        now = datetime.now(UTC)
        ref, parts = self._split(target)
        chosen = self._reporters(target)
        sharing = len(self._spec.nodes) if chosen is None else len(chosen) + 1
        share = min(MOST_PROBES, max(1, ALERT_REQUESTS // sharing))
        probes = sorted(found.probes, key=_rank)[:share]
        made = self._stamped(replace(found, probes=tuple(probes)), target, now)
        return replace(made, reading_ref=replace(ref, read_at=now)), parts

    def sightings(self, node: int) -> tuple[Sighting, ...]:
        """Return two requests that the ingress on one of the first nodes logged."""
        if node >= LOGGING_NODES:
            return ()
        line = Sighting(
            request_id=uuid.uuid4().hex,
            seen_at=datetime.now(UTC),
            node=self.name(node),
            pod="ingress-nginx-controller-1a2b3",
            status_code=503,
            upstream_name="shop-shop-80",
            upstream_address="10.244.1.20:8080",
            upstream_status=503,
            request_time=0.004,
        )
        return (line, replace(line, request_id=uuid.uuid4().hex))

    def _split_once(self, target: str):  # noqa: ANN202 - as `split` returns it
        reading = replace(self._reading(self._report(0)), ingress_name=target)
        ref, parts, _ = split(reading)
        return ref, parts

    def _stamped(
        self,
        found: NodeReport,
        target: str,
        now: datetime,
        reading: ClusterReading | None = None,
    ) -> NodeReport:
        probes = (replace(probe, started_at=now) for probe in found.probes)
        return replace(
            found,
            target=target,
            cluster=self.cluster,
            sent_at=now,
            received_at=None,
            log_read_at=now,
            reading=reading,
            probes=tuple(map(_without_body, probes)),
        )

    def _report(self, node: int) -> NodeReport:
        if node not in self._reports:
            machine = self._spec.nodes[node]
            self._reports[node] = report(self._spec, machine, "shop", 0.0, [])
        return self._reports[node]

    @staticmethod
    def _reading(found: NodeReport) -> ClusterReading:
        if found.reading is None:
            raise ValueError("a drawn report has its reading")
        return found.reading


def _rank(probe: Probe) -> int:
    roles = list(IMPORTANT)
    return roles.index(probe.role) if probe.role in roles else len(roles)


def _without_body(probe: Probe) -> Probe:
    """Return a healthy probe as an agent sends it."""
    return replace(probe, headers=(), body="", body_truncated=probe.body_bytes > 0)
