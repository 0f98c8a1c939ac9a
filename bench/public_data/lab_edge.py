"""Lab edge: what stands in front of a foreign cluster, from the lab's recordings.

In: an agent's reading of a foreign Service, and how it responds. Out: a snapshot of a
public URL that leads to this Service.
The lab's are: the URL, its name, the load balancer, ingress-nginx and its access log on
nodes of their own (`edge-01` to `edge-05`), and the responses that users and agents got
there: the recorded 503 if the Service has no endpoint that is ready and has a port,
else the recorded 502. Agents run on the foreign nodes that are ready; they cannot
connect to the Service, and nothing listens on the ports of its ready pods.
It does not: judge, or see the case's label.
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from parallax.model.cluster import (
    ClusterReading,
    Endpoint,
    NodeReport,
    Service,
    Sighting,
)
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target
from parallax.model.wire import decode

EVENTS = Path(__file__).parents[2] / "events" / "diagnose"
UNSERVED, REFUSED = "service-without-endpoints", "pod-refuses-connection"
AT_THE_APP = {Role.POD, Role.SERVICE, Role.NODEPORT_OWN, Role.NODEPORT_OTHER}


@cache
def recorded(name: str) -> Snapshot:
    """Return a recording, its nodes renamed: foreign ones may be called the same."""
    text = (EVENTS / f"{name}.json").read_text(encoding="utf-8")
    return decode(Snapshot, json.loads(text.replace("worker-", "edge-"))["snapshot"])


def target(namespace: str, service: str) -> Target:
    """Return the target: the lab's URL, which leads to this Service."""
    lab = recorded(UNSERVED).target
    return replace(
        lab, reached=replace(lab.reached, namespace=namespace, service=service)
    )


def snapshot(leads_to: Target, app: ClusterReading) -> Snapshot:
    """Return a snapshot of the URL while the app behind it does not respond."""
    served = any(e.ready and e.port for e in app.endpoints or ())
    lab = recorded(REFUSED if served else UNSERVED)
    edge = [_edge_report(report, app) for report in lab.reports]
    inside = [
        _inside_report(lab, node.name, app)
        for node in app.nodes or ()
        if node.ready and not _is_edge(node.name)
    ]
    return replace(
        lab,
        target=leads_to,
        reports=(*edge, *inside),
        sightings=tuple(_sighting(s, leads_to, app) for s in lab.sightings),
    )


def _is_edge(name: str) -> bool:
    return name.startswith("edge-")


def _edge_report(report: NodeReport, app: ClusterReading) -> NodeReport:
    """Return an ingress node's report: its own hops, and the foreign Service's."""
    probes = [p for p in report.probes if p.role not in AT_THE_APP]
    model = _refused(report)
    reading = report.reading
    return replace(
        report,
        probes=(*_at_the_app(model, None, app), *probes),
        reading=reading and _joined(reading, app),
    )


def _joined(lab: ClusterReading, app: ClusterReading) -> ClusterReading:
    """Return the lab's reading of the ingress with the foreign one of the app.

    When endpoints changed is the lab's: a data set's clock stands still.
    """
    fields = {
        name: getattr(app, name)
        for name in ClusterReading.__dataclass_fields__
        if not name.startswith("ingress_")
    }
    kept = {
        "read_at": lab.read_at,
        "nodes": (*(lab.nodes or ()), *(app.nodes or ())),
        "endpoints_changed_at": lab.endpoints_changed_at,
        "problems": (*lab.problems, *app.problems),
    }
    return replace(lab, **{**fields, **kept})


def _inside_report(lab: Snapshot, node: str, app: ClusterReading) -> NodeReport:
    """Return the report of an agent on a foreign node, sent when the lab's was."""
    report = lab.reports[0]
    probes = tuple(_at_the_app(_refused(report), node, app))
    return replace(report, node=node, probes=probes, reading=None, sightings=())


def _refused(report: NodeReport) -> Probe:
    return next(p for p in report.probes if p.role is Role.SERVICE)


def _at_the_app(model: Probe, node: str | None, app: ClusterReading) -> list[Probe]:
    """Return probes of the Service and of its ready pods: all are refused.

    Pods that are not ready are not probed: no data set shows whether they listen.
    """
    if node is not None:
        model = replace(model, node=node)
    probes = [
        _towards(model, Role.SERVICE, address, number)
        for address, number in _service_places(app.service)
    ]
    return probes + [
        replace(
            _towards(model, Role.POD, e.address, e.port), pod=e.pod, peer_node=e.node
        )
        for e in app.endpoints or ()
        if e.ready and e.port is not None
    ]


def _service_places(service: Service | None) -> list[tuple[str, int]]:
    if service is None or service.cluster_ip in {None, "", "None"}:
        return []
    return [(str(service.cluster_ip), port.port) for port in service.ports[:1]]


def _towards(model: Probe, role: Role, address: str, port: int) -> Probe:
    return replace(model, role=role, peer_address=address, peer_port=port)


def _sighting(seen: Sighting, leads_to: Target, app: ClusterReading) -> Sighting:
    """Return the log line, with the foreign names in place of the lab's."""
    reached = leads_to.reached
    name = f"{reached.namespace}-{reached.service}-80" if seen.upstream_name else None
    used = next((e for e in app.endpoints or () if e.ready and e.port), None)
    return replace(
        seen,
        upstream_name=name,
        upstream_address=_place(used) if seen.upstream_address and used else None,
    )


def _place(endpoint: Endpoint) -> str:
    return f"{endpoint.address}:{endpoint.port}"
