"""Lab edge: what stands in front of a foreign cluster, from the lab's recordings.

In: an agent's reading of a foreign Service, and how it behaves. Out: a snapshot of a
public URL that leads to this Service.
The lab's are: the URL, its name, the load balancer, ingress-nginx and its access log on
nodes of their own (`edge-01` to `edge-05`), and the responses that users and agents got
there. Agents run on the foreign nodes that are ready.
It does not: judge, or see the case's label.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from parallax.model.cluster import ClusterReading, Endpoint, NodeReport, Sighting
from parallax.model.probe import ErrorType, Probe, Role
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target
from parallax.model.wire import decode

EVENTS = Path(__file__).parents[2] / "events" / "diagnose"
AT_THE_APP = {Role.POD, Role.SERVICE, Role.NODEPORT_OWN, Role.NODEPORT_OTHER}
RULES = ("ingress_name", "ingress_hosts", "ingress_annotations")
"""What the agent reads of the rules for the URL's host."""


class Behavior(StrEnum):
    """How a Service behaves; the value is the recording of the same behavior."""

    UNSERVED = "service-without-endpoints"
    """No endpoint is ready and has a port: the ingress responds 503 itself."""
    REFUSING = "pod-refuses-connection"
    """Ready pods refuse connections: the ingress responds 502 itself."""
    NOT_ROUTED = "ingress-does-not-know-host"
    """Pods respond, and the ingress has no rule for the host: it responds 404."""
    ISOLATED = "pod-too-slow"
    """Only their own nodes can connect to the pods: the ingress responds 504."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Recorded probes: of the Service, and of a pod from its own or another node."""

    service: Probe
    own: Probe
    other: Probe


@cache
def recorded(name: str) -> Snapshot:
    """Return a recording, its nodes renamed: foreign ones may be called the same."""
    text = (EVENTS / f"{name}.json").read_text(encoding="utf-8")
    return decode(Snapshot, json.loads(text.replace("worker-", "edge-"))["snapshot"])


@cache
def models(behavior: Behavior) -> Models:
    """Return how the Service and its pods respond to agents."""
    if behavior is Behavior.ISOLATED:
        lost = _find("overlay-between-nodes-broken", Role.POD, ErrorType.TIMEOUT)
        own = _find(Behavior.NOT_ROUTED, Role.POD, None)
        return Models(service=lost, own=own, other=lost)
    service = next(p for p in _probes(behavior) if p.role is Role.SERVICE)
    pods = (p for p in _probes(behavior) if p.role is Role.POD)
    pod = next(pods, service)
    return Models(service=service, own=pod, other=pod)


def _find(name: str, role: Role, error: ErrorType | None) -> Probe:
    found = (p for p in _probes(name) if (p.role, p.error_type) == (role, error))
    return next(found)


def _probes(name: str) -> Iterator[Probe]:
    return (probe for report in recorded(name).reports for probe in report.probes)


def target(namespace: str, service: str) -> Target:
    """Return the target: the lab's URL, which leads to this Service."""
    lab = recorded(Behavior.UNSERVED).target
    return replace(
        lab, reached=replace(lab.reached, namespace=namespace, service=service)
    )


def unresponsive(app: ClusterReading) -> Behavior:
    """Return how the ingress responds for an app that takes no connection."""
    served = any(e.ready and e.port for e in app.endpoints or ())
    return Behavior.REFUSING if served else Behavior.UNSERVED


def snapshot(leads_to: Target, app: ClusterReading, behavior: Behavior) -> Snapshot:
    """Return a snapshot of the URL while the app behind it behaves so."""
    lab = recorded(behavior)
    edge = [_edge_report(report, app, behavior) for report in lab.reports]
    names = {report.node for report in lab.reports}
    inside = [
        _inside_report(lab.reports[0], node.name, app, behavior)
        for node in app.nodes or ()
        if node.ready and node.name not in names
    ]
    return replace(
        lab,
        target=leads_to,
        reports=(*edge, *inside),
        sightings=tuple(_sighting(s, leads_to, app) for s in lab.sightings),
    )


def _edge_report(
    report: NodeReport, app: ClusterReading, behavior: Behavior
) -> NodeReport:
    """Return an ingress node's report: its own hops, and the foreign Service's."""
    hops = [p for p in report.probes if p.role not in AT_THE_APP]
    return replace(
        report,
        probes=(*_at_the_app(report, report.node, app, behavior), *hops),
        reading=report.reading and _joined(report.reading, app, behavior),
    )


def _joined(
    lab: ClusterReading, app: ClusterReading, behavior: Behavior
) -> ClusterReading:
    """Return the lab's reading of the ingress with the foreign one of the app.

    When endpoints changed is the lab's: a data set's clock stands still.
    """
    rules = RULES if behavior is Behavior.NOT_ROUTED else ()
    fields = {
        name: getattr(app, name)
        for name in ClusterReading.__dataclass_fields__
        if name in rules or not name.startswith("ingress_")
    }
    kept = {
        "read_at": lab.read_at,
        "nodes": (*(lab.nodes or ()), *(app.nodes or ())),
        "endpoints_changed_at": lab.endpoints_changed_at,
        "problems": (*lab.problems, *app.problems),
    }
    return replace(lab, **{**fields, **kept})


def _inside_report(
    lab: NodeReport, node: str, app: ClusterReading, behavior: Behavior
) -> NodeReport:
    """Return the report of an agent on a foreign node, sent when the lab's was.

    Ingress pods respond to it as to an agent on the edge.
    """
    hops = [
        replace(p, node=node if p.node else None)
        for p in lab.probes
        if p.role is Role.INGRESS_POD
    ]
    probes = (*_at_the_app(lab, node, app, behavior), *hops)
    return replace(lab, node=node, probes=probes, reading=None, sightings=())


def _at_the_app(
    report: NodeReport, node: str, app: ClusterReading, behavior: Behavior
) -> Iterable[Probe]:
    """Yield a node's probes of the Service and of its ready pods.

    Pods that are not ready are not probed: no data set shows whether they listen.
    """
    model, at = models(behavior), report.probes[0].started_at
    service = app.service
    if service and service.ports and service.cluster_ip not in {None, "", "None"}:
        address, number = service.cluster_ip, service.ports[0].port
        probe = replace(model.service, role=Role.SERVICE, pod=None, peer_node=None)
        yield _sent(probe, node, at, (address, number))
    for pod in app.endpoints or ():
        if pod.ready and pod.port is not None:
            probe = model.own if pod.node == node else model.other
            probe = replace(probe, role=Role.POD, pod=pod.pod, peer_node=pod.node)
            yield _sent(probe, node, at, (pod.address, pod.port))


def _sent(probe: Probe, node: str, at: object, place: tuple[str | None, int]) -> Probe:
    address, number = place
    changes = {"started_at": at, "peer_address": address, "peer_port": number}
    return replace(probe, **changes, node=node if probe.node else None)


def _sighting(seen: Sighting, leads_to: Target, app: ClusterReading) -> Sighting:
    """Return the log line, with the foreign names in place of the lab's."""
    if not (seen.upstream_name or "").startswith(_LAB_APP):
        return seen
    reached = leads_to.reached
    used = next((e for e in app.endpoints or () if e.ready and e.port), None)
    return replace(
        seen,
        upstream_name=f"{reached.namespace}-{reached.service}-80",
        upstream_address=_place(used) if seen.upstream_address and used else None,
    )


def _place(endpoint: Endpoint) -> str:
    return f"{endpoint.address}:{endpoint.port}"


_LAB_APP = "keybuzz-"
"""The beginning of the lab app's name in the ingress log."""
