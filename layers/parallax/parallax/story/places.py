"""Places: the objects on a target's path, and the one that a judgement blames.

In: a target, its snapshot, a judgement. Out: places.
It does not: conclude. Failures with the same cause at the same place form one group
(`parallax.groups`), so a place must have the same name from every target's view: what
one target's entry names, another one's snapshot may have found.
"""

from parallax.diagnose.silence import subject
from parallax.model.cluster import Service
from parallax.model.judgement import SILENCES, Class, Hop, Judgement
from parallax.model.place import Place, PlaceKind
from parallax.model.snapshot import Snapshot
from parallax.model.target import Reached, Target
from parallax.story.domain import registered_domain

_AT_HOP = {
    Hop.DNS: (PlaceKind.ZONE,),
    Hop.CDN: (PlaceKind.CDN, PlaceKind.ZONE),
    Hop.LOAD_BALANCER: (PlaceKind.LOAD_BALANCER, PlaceKind.CLUSTER),
    Hop.NODE: (PlaceKind.CLUSTER, PlaceKind.LOAD_BALANCER),
    Hop.INGRESS: (PlaceKind.INGRESS, PlaceKind.LOAD_BALANCER, PlaceKind.CLUSTER),
    Hop.OVERLAY: (PlaceKind.CLUSTER, PlaceKind.LOAD_BALANCER),
    Hop.SERVICE: (PlaceKind.SERVICE,),
    Hop.POD: (PlaceKind.SERVICE,),
}
"""The place that a cause at a hop blames, first that is known."""
_NOT_ESTABLISHED = (PlaceKind.LOAD_BALANCER, PlaceKind.CLUSTER, PlaceKind.ZONE)
"""Where failures without a cause are counted together, first that is known."""
CERTIFICATE_REFUSED = "-certificate-refused"
"""Ends the id of a cause that blames a certificate."""
ELSEWHERE = {
    "node-firewall-blocks-load-balancer": PlaceKind.LOAD_BALANCER,
    "nodeport-dropped-by-local-traffic-policy": PlaceKind.INGRESS,
    "network-policy-blocks-ingress": PlaceKind.SERVICE,
    "ingress-cannot-use-response": PlaceKind.SERVICE,
}
"""Causes that blame another object than the others at their hop: the firewall concerns
one balancer's path, the traffic policy is the ingress Service's, a network policy
selects the pods of one workload, and the response is that of one application."""
OF_ONE_HOST = frozenset(
    {
        "dns-name-gone",
        "dns-resolvers-disagree",
        "dns-stale-address",
        "cache-replays-error",
        "redirect-loop",
        "ingress-does-not-know-host",
        "ingress-has-no-rule-for-path",
        "ingress-rejects-request",
    }
)
"""Causes that concern one name, path or rule at a place that many share."""


def places(target: Target, snapshot: Snapshot | None = None) -> tuple[Place, ...]:
    """Return the places on a target's path, as far as they are known.

    Without a snapshot, only the targets file is used.
    """
    reached, zone = target.reached, _zone(target, snapshot)
    ingress, service = _ingress(reached, snapshot), _service(reached, snapshot)
    found = {
        PlaceKind.ZONE: zone,
        PlaceKind.CDN: zone if reached.cdn else None,
        PlaceKind.LOAD_BALANCER: _balancer(reached, snapshot),
        PlaceKind.CLUSTER: reached.cluster,
        PlaceKind.INGRESS: _of_cluster(reached.cluster, *ingress),
        PlaceKind.SERVICE: _of_cluster(reached.cluster, *service),
        PlaceKind.CERTIFICATE: _certificate(snapshot),
        PlaceKind.TARGET: target.name,
    }
    return tuple(Place(kind=kind, name=name) for kind, name in found.items() if name)


def blamed(judgement: Judgement, snapshot: Snapshot) -> Place:
    """Return the place that a judgement blames; the target itself if none is known."""
    if judgement.cause in SILENCES or judgement.class_ is Class.MONITOR:
        name = subject(judgement.cause, snapshot)
        return Place(kind=PlaceKind.MONITOR, name=name)
    known = {place.kind: place for place in places(snapshot.target, snapshot)}
    for kind in _wanted(judgement):
        if kind in known:
            return known[kind]
    return known[PlaceKind.TARGET]


def is_of_one_host(cause: str) -> bool:
    """Say whether a cause concerns one host, although its place serves many.

    E.g. the rule of a host is missing. Two hosts may lose theirs in two faults.
    """
    return cause in OF_ONE_HOST


def _wanted(judgement: Judgement) -> tuple[PlaceKind, ...]:
    if judgement.hop is None:
        return _NOT_ESTABLISHED
    at_hop = _AT_HOP.get(judgement.hop, ())
    if judgement.cause.endswith(CERTIFICATE_REFUSED):
        return (PlaceKind.CERTIFICATE, *at_hop)
    elsewhere = ELSEWHERE.get(judgement.cause)
    return (elsewhere, *at_hop) if elsewhere else at_hop


def _zone(target: Target, snapshot: Snapshot | None) -> str | None:
    """Return the zone of a target's name: as Hetzner has it, else its domain."""
    reading = snapshot.balancer if snapshot else None
    if reading and reading.zone:
        return reading.zone.name
    return registered_domain(target.host)


def _balancer(reached: Reached, snapshot: Snapshot | None) -> str | None:
    """Return the balancer's name; a name is unique in its project only."""
    reading = snapshot.balancer if snapshot else None
    read = reading.load_balancer if reading else None
    name = reached.balancer_name or (read.name if read else None)
    return f"{name} ({reached.project})" if name and reached.project else name


def _ingress(
    reached: Reached, snapshot: Snapshot | None
) -> tuple[str | None, str | None]:
    """Return namespace and name of the ingress's Service: as configured, else read."""
    if reached.ingress_service:
        return reached.ingress_namespace, reached.ingress_service
    cluster = snapshot.cluster if snapshot else None
    return _name(cluster.ingress_service if cluster else None)


def _service(
    reached: Reached, snapshot: Snapshot | None
) -> tuple[str | None, str | None]:
    """Return namespace and name of the target's Service: as configured, else read."""
    if reached.service:
        return reached.namespace, reached.service
    cluster = snapshot.cluster if snapshot else None
    return _name(cluster.service if cluster else None)


def _name(service: Service | None) -> tuple[str | None, str | None]:
    return (service.namespace, service.name) if service else (None, None)


def _of_cluster(cluster: str | None, *names: str | None) -> str | None:
    """Return e.g. `shop: ingress-nginx/controller`; None: a part is unknown."""
    return f"{cluster}: {'/'.join(map(str, names))}" if cluster and all(names) else None


def _certificate(snapshot: Snapshot | None) -> str | None:
    """Return the certificate that the last probe was shown, by its subject and end.

    A short-lived certificate may have no subject, only names.
    """
    run = snapshot.run if snapshot else None
    shown = run.first.certificate if run else None
    if shown is None:
        return None
    subject_ = shown.subject or ", ".join(sorted(shown.names)[:1])
    return f"{subject_} until {shown.not_after:%Y-%m-%d}".strip()
