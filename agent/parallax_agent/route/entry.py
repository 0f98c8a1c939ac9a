"""Entry: the Service of an ingress controller that receives the requests of users.

In: the cluster's Services, and what is known of the controller. Out: the Service with
the reason, or the candidates if the choice is ambiguous.
It does not: call anything. If two Services match equally well it chooses none, because
probing a hop that users never reach would blame the wrong one.
Source: Kubernetes, well-known labels; Gateway API 1.4, GEP-1762 (gateway-name label).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from parallax.model.cluster import Service, ServicePort
from parallax.model.wire import Json
from parallax_agent.route.controllers import Class, Family, of_service
from parallax_agent.watch.objects import many, part

GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name"
_OWNER = (
    (
        "gateway.envoyproxy.io/owning-gateway-namespace",
        "gateway.envoyproxy.io/owning-gateway-name",
    ),
    (
        "projectcontour.io/owning-gateway-namespace",
        "projectcontour.io/owning-gateway-name",
    ),
)
_INSTANCE = "app.kubernetes.io/instance"
_RELEASE = ("meta.helm.sh/release-namespace", "meta.helm.sh/release-name")
_HTTP, _HTTPS = frozenset({"http", "web", "http2"}), frozenset({"https", "websecure"})
_OUTWARD = {"LoadBalancer": 2, "NodePort": 1}
NOT_FOR_USERS = ("webhook", "admission", "metrics")
"""Words in the names of ports and Services that do not serve users."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A Service that may be the entry; `order`: how well it matches, more is better.

    `outward` decides only between Services of the same pods: between two installations
    the Service's type means nothing.
    """

    order: tuple[int, int]
    outward: int
    why: str
    item: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The Service that receives requests; None: not decided, `why` says why.

    A controller without a Service has a `workload`, whose pods have these `labels`.
    `direct`: the app's own Service is the way in, so there is no ingress.
    `open_question`: `why` says what to set in the target.
    """

    why: str
    namespace: str | None = None
    service: str | None = None
    rivals: tuple[str, ...] = ()
    workload: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    direct: bool = False
    open_question: bool = False

    @property
    def decided(self) -> bool:
        """Whether it is known where requests arrive."""
        return bool(self.service or self.workload or self.direct)


def entry_port(
    service: Service | None, *, tls: bool, listener: int | None = None
) -> ServicePort | None:
    """Return the ingress Service's http or https port; None: it has none.

    With a `listener`, the port on which a Gateway listens, if the Service has it.
    """
    ports = service.ports if service else ()
    names, number = (_HTTPS, 443) if tls else (_HTTP, 80)
    chosen = (p for p in ports if listener is not None and p.port == listener)
    usual = (p for p in ports if p.name in names or p.port == number)
    return next(chosen, None) or next(usual, None)


def of_class(
    services: Iterable[Json], cls: Class | None, addresses: frozenset[str]
) -> Entry:
    """Choose the Service of a class's controller; without a class, of any known one.

    The address in the Ingress's status decides only among Services that match
    otherwise, or for an unknown controller: k3s's own load balancer gives all Services
    the nodes' addresses.
    """
    family = cls.family if cls else None
    same: dict[str, list[Candidate]] = {}
    for item in filter(serves_web, services):
        fits = family.owns(item) if family else of_service(item) is not None
        reached = bool(addresses & _addresses(item))
        unknown = cls is not None and not cls.family and bool(cls.name)
        if reached if unknown else fits:
            order = _same_release(cls.item, item) if cls else 0, int(reached)
            new = Candidate(order, _outward(item), _why(family, item, order), item)
            same.setdefault(_selected(item), []).append(new)
    best = [one for group in same.values() for one in _outermost(group)]
    return _best(best, _describe(cls))


def _outermost(same: list[Candidate]) -> list[Candidate]:
    """Return which of the Services of the same pods users may reach.

    Two that are equally reachable from outside have different NodePorts and addresses.
    """
    top = max((c.order, c.outward) for c in same)
    outermost = [c for c in same if (c.order, c.outward) == top]
    return outermost if outermost[0].outward else outermost[:1]


def of_gateway(
    services: Iterable[Json],
    gateway: tuple[str, str],
    addresses: frozenset[str],
    family: Family | None,
) -> Entry:
    """Choose the Service made for a Gateway, else the one of its controller."""
    candidates: list[Candidate] = []
    for item in services:
        reached = int(bool(addresses & _addresses(item)))
        usual = family is not None and family.owns(item) and serves_web(item)
        if _made_for(item, gateway):
            rank, why = 2, f"labels name Gateway {'/'.join(gateway)}"
        elif reached and serves_web(item):
            rank, why = 1, "has the Gateway's address"
        elif usual and family:
            rank, why = 0, f"has the labels of {family.name}"
        else:
            continue
        order = rank, int(usual) if rank == 1 else reached
        candidates.append(Candidate(order, _outward(item), why, item))
    return _best(candidates, f"Gateway {'/'.join(gateway)}")


def mismatch(
    service: Json, gateway: tuple[str, str] | None, cls: Class
) -> tuple[bool, int]:
    """Return how badly a Service matches a route's class or Gateway; less is better."""
    if gateway is not None:
        return not _made_for(service, gateway), 0
    foreign = cls.family is None or not cls.family.owns(service)
    return foreign, -_same_release(cls.item, service)


def _best(matches: Iterable[Candidate], whose: str) -> Entry:
    candidates = sorted(matches, key=lambda c: _place(c.item))
    if not candidates:
        return Entry(why=f"no Service matches {whose}")
    top = max(c.order for c in candidates)
    first, *more = [c for c in candidates if c.order == top]
    names = tuple("/".join(_place(c.item)) for c in candidates if c is not first)
    if more:
        several = (*("/".join(_place(c.item)) for c in (first, *more)),)
        return Entry(
            why=f"several Services match {whose}: {', '.join(several)}", rivals=several
        )
    namespace, name = _place(first.item)
    return Entry(why=first.why, namespace=namespace, service=name, rivals=names)


def _describe(cls: Class | None) -> str:
    if cls is None:
        return "any known ingress controller"
    if cls.family:
        return cls.family.name
    return f"controller {cls.controller or '(unknown)'}"


def _why(family: Family | None, item: Json, order: tuple[int, int]) -> str:
    """Return the reason for choosing a Service."""
    owner = family or of_service(item)
    reasons = [f"has the labels of {owner.name}"] if owner else []
    reasons += ["installed together with the class"] * min(order[0], 1)
    reasons += ["has the address in the Ingress's status"] * order[1]
    return "; ".join(reasons)


def _outward(item: Json) -> int:
    return _OUTWARD.get(part(item, "spec").get("type", ""), 0)


def _selected(item: Json) -> str:
    """Name what a Service selects: two Services of the same pods are one entry."""
    selector = sorted(part(item, "spec", "selector").items())
    return f"{item['metadata']['namespace']} {selector or item['metadata']['name']}"


def serves_web(item: Json) -> bool:
    """Tell whether a Service has an http or https port for users, not for a webhook."""
    name = item["metadata"]["name"]
    if any(word in name for word in NOT_FOR_USERS):
        return False
    return any(
        (p.get("name") in _HTTP | _HTTPS or p.get("port") in {80, 443})
        and not any(word in (p.get("name") or "") for word in NOT_FOR_USERS)
        for p in many(item, "spec", "ports")
    )


def _same_release(cls: Json, service: Json) -> int:
    """Return how surely a class and a Service are of one installation: 2, 1 or 0."""
    mine = part(cls, "metadata", "annotations")
    theirs = part(service, "metadata", "annotations")
    if all(mine.get(key) and mine.get(key) == theirs.get(key) for key in _RELEASE):
        return 2
    one = part(cls, "metadata", "labels").get(_INSTANCE)
    return int(
        one is not None and one == part(service, "metadata", "labels").get(_INSTANCE)
    )


def _made_for(item: Json, gateway: tuple[str, str]) -> bool:
    labels = part(item, "metadata", "labels")
    owner = any((labels.get(a), labels.get(b)) == gateway for a, b in _OWNER)
    named = labels.get(GATEWAY_NAME) == gateway[1]
    return owner or (named and item["metadata"]["namespace"] == gateway[0])


def _addresses(item: Json) -> frozenset[str]:
    """Return all addresses of a Service, in its spec and its status."""
    spec, balancer = part(item, "spec"), many(item, "status", "loadBalancer", "ingress")
    balancer_addresses = [a for b in balancer for a in (b.get("ip"), b.get("hostname"))]
    own = [*many(spec, "clusterIPs"), spec.get("clusterIP"), spec.get("loadBalancerIP")]
    every = [*balancer_addresses, *many(spec, "externalIPs"), *own]
    return frozenset(str(a) for a in every if a not in {None, "", "None"})


def _place(item: Json) -> tuple[str, str]:
    return item["metadata"]["namespace"], item["metadata"]["name"]
