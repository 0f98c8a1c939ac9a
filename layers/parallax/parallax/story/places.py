"""Places: the objects on a target's path, and the one that a judgement blames.

In: a target, its snapshot, a judgement. Out: places.
It does not: conclude. Failures with the same cause at the same place form one group
(`parallax.groups`), so a place must have the same name from every target's view.
"""

import re

from parallax.diagnose.silence import subject
from parallax.model.judgement import SILENCES, Class, Hop, Judgement
from parallax.model.place import Place, PlaceKind
from parallax.model.snapshot import Snapshot
from parallax.model.target import Target

_KINDS = {
    Hop.DNS: PlaceKind.ZONE,
    Hop.CDN: PlaceKind.CDN,
    Hop.LOAD_BALANCER: PlaceKind.LOAD_BALANCER,
    Hop.NODE: PlaceKind.CLUSTER,
    Hop.INGRESS: PlaceKind.INGRESS,
    Hop.OVERLAY: PlaceKind.CLUSTER,
    Hop.SERVICE: PlaceKind.SERVICE,
    Hop.POD: PlaceKind.SERVICE,
}
"""The place that a cause at a hop blames."""
_NOT_ESTABLISHED = (PlaceKind.LOAD_BALANCER, PlaceKind.CLUSTER, PlaceKind.ZONE)
"""Where failures without a cause are counted together, first that is known."""
DOMAIN = 2
"""Labels of the shortest domain."""
_SUFFIX = re.compile(r"[a-z]{2,3}\.[a-z]{2}")
"""E.g. `co.uk`, `com.au`: registries sell names below them. It also matches a few
domains such as `ab.de`, whose names then stand for themselves."""
CERTIFICATE_REFUSED = "-certificate-refused"
"""Ends the id of a cause that blames a certificate."""
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
OF_THE_BALANCER = frozenset({"node-firewall-blocks-load-balancer"})
"""Causes at the nodes that concern the path of one load balancer."""


def places(target: Target, snapshot: Snapshot | None = None) -> tuple[Place, ...]:
    """Return the places on a target's path, as far as they are known.

    Without a snapshot, only the targets file is used.
    """
    reached, zone = target.reached, zone_of(target, snapshot)
    cluster = reached.cluster
    found = {
        PlaceKind.ZONE: zone,
        PlaceKind.CDN: zone if reached.cdn else None,
        PlaceKind.LOAD_BALANCER: _balancer(target, snapshot),
        PlaceKind.CLUSTER: cluster,
        PlaceKind.INGRESS: _of_cluster(
            cluster, reached.ingress_namespace, reached.ingress_service
        ),
        PlaceKind.SERVICE: _of_cluster(cluster, reached.namespace, reached.service),
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


def zone_of(target: Target, snapshot: Snapshot | None = None) -> str:
    """Return the zone of a target's name: as Hetzner has it, else the parent domain.

    Two names of one parent domain count as one zone, even if one of them is delegated.
    Anyone can register a name under a parent like `co.uk`. The name then stands for
    itself, as an address does.
    """
    reading = snapshot.balancer if snapshot else None
    if reading and reading.zone:
        return reading.zone.name
    _, _, parent = target.host.partition(".")
    return parent if _is_domain(parent) else target.host


def _is_domain(name: str) -> bool:
    """Say whether a name is someone's domain: not a suffix, nor part of an address."""
    labels = name.split(".")
    if len(labels) < DOMAIN or labels[-1].isdigit():
        return False
    return len(labels) > DOMAIN or not _SUFFIX.fullmatch(name)


def _wanted(judgement: Judgement) -> tuple[PlaceKind, ...]:
    if judgement.cause.endswith(CERTIFICATE_REFUSED):
        return (PlaceKind.CERTIFICATE,)
    if judgement.cause in OF_THE_BALANCER:
        return (PlaceKind.LOAD_BALANCER,)
    if judgement.hop is None:
        return _NOT_ESTABLISHED
    kind = _KINDS.get(judgement.hop)
    return (kind,) if kind else ()


def _balancer(target: Target, snapshot: Snapshot | None) -> str | None:
    reading = snapshot.balancer if snapshot else None
    read = reading.load_balancer if reading else None
    return target.reached.balancer_name or (read.name if read else None)


def _of_cluster(cluster: str | None, *names: str | None) -> str | None:
    """Return e.g. `shop: ingress-nginx/controller`; None: a part is unknown."""
    return f"{cluster}: {'/'.join(map(str, names))}" if cluster and all(names) else None


def _certificate(snapshot: Snapshot | None) -> str | None:
    """Return the certificate that the last probe was shown, by its subject and end."""
    run = snapshot.run if snapshot else None
    shown = run.first.certificate if run else None
    return f"{shown.subject} until {shown.not_after:%Y-%m-%d}" if shown else None
