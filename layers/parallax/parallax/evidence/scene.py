"""Scene: a snapshot during its judgement. Each thing is read from it only once.

In: a snapshot. Out: the same fields, views of the fresh ones, and readings.
It does not: change the snapshot or outlive the judgement. 27 causes, the path and the
symptom read the same values, and each reading takes time in a large cluster.
"""

from collections import defaultdict
from dataclasses import fields
from functools import cached_property
from typing import Any, cast, override

from parallax.evidence.comparable import left_out
from parallax.evidence.on_the_nodes import with_ports_of_nodes
from parallax.evidence.way_in import own_service, through_own_service
from parallax.model.balancer import LoadBalancer
from parallax.model.cluster import ClusterReading, NodeReport, Sighting
from parallax.model.probe import Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot


class Scene(Snapshot):
    """A snapshot that caches what was read from it."""

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Scene":
        """Return the scene of a snapshot; a scene is returned unchanged.

        If the app's own Service is the way in, it stands where an ingress's would. The
        ports of the nodes at which an ingress listens stand beside its NodePorts.
        """
        if isinstance(snapshot, Scene):
            return snapshot
        scene = cls(**{f.name: getattr(snapshot, f.name) for f in fields(snapshot)})
        seen = with_ports_of_nodes(through_own_service(scene))
        if own_service(scene) is not None:
            seen.__dict__["unrelated_pods"] = scene.inside(Role.INGRESS_POD)
        return seen

    @cached_property
    def unrelated_pods(self) -> tuple[Probe, ...]:
        """Probes of an ingress's pods that users do not pass; they show the network."""
        return ()

    @cached_property
    def readings(self) -> dict[Any, Any]:
        """The values read so far, by reading and arguments."""
        return {}

    @cached_property
    @override
    def outside(self) -> ProbeRun | None:  # pyright: ignore[reportIncompatibleMethodOverride] - read-only too
        """The external probe run if it is fresh, else None."""
        return super().outside

    @cached_property
    @override
    def load_balancer(self) -> LoadBalancer | None:  # pyright: ignore[reportIncompatibleMethodOverride] - read-only too
        """The load balancer as read since the failure or its end, else None."""
        return super().load_balancer

    @cached_property
    @override
    def live_reports(self) -> tuple[NodeReport, ...]:  # pyright: ignore[reportIncompatibleMethodOverride] - read-only too
        """The newest report per node, of agents that still report."""
        return super().live_reports

    @cached_property
    @override
    def cluster(self) -> ClusterReading | None:  # pyright: ignore[reportIncompatibleMethodOverride] - read-only too
        """The freshest live reading of the Kubernetes API, else None."""
        return super().cluster

    @override
    def inside(self, *roles: Role) -> tuple[Probe, ...]:
        """Return internal probes with these roles, since the failure or its end."""
        key = (Scene.inside, roles)
        if key not in self.readings:
            numbered = [pair for role in set(roles) for pair in self._by_role[role]]
            numbered.sort(key=lambda pair: pair[0])
            self.readings[key] = tuple(probe for _, probe in numbered)
        return cast("tuple[Probe, ...]", self.readings[key])

    @cached_property
    def _by_role(self) -> dict[Role, list[tuple[int, Probe]]]:
        """The fresh internal probes of each role, with their position among all."""
        found = defaultdict[Role, list[tuple[int, Probe]]](list)
        aside = {id(probe) for probe in self.left_out}
        for place, probe in enumerate(self._fresh):
            if id(probe) not in aside:
                found[probe.role].append((place, probe))
        return found

    @cached_property
    def _fresh(self) -> tuple[Probe, ...]:
        return super().inside(*Role)

    @cached_property
    def left_out(self) -> tuple[Probe, ...]:
        """The fresh internal probes that do not compare with what users get."""
        return left_out(self, self._fresh)

    @override
    def sightings_of(self, *probes: Probe) -> tuple[Sighting, ...]:
        """Return the sightings of these probes' request ids."""
        seen = self._by_request
        wanted = {p.request_id for p in probes if p.request_id in seen}
        numbered = [pair for request_id in wanted for pair in seen[request_id]]
        numbered.sort(key=lambda pair: pair[0])
        return tuple(line for _, line in numbered)

    @cached_property
    def _by_request(self) -> dict[str, list[tuple[int, Sighting]]]:
        """The log lines of each request, with their position among all."""
        found: dict[str, list[tuple[int, Sighting]]] = {}
        for place, line in enumerate(self.sightings):
            found.setdefault(line.request_id, []).append((place, line))
        return found
