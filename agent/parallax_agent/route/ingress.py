"""Ingress: which Service an Ingress routes a host and path to.

In: Ingress objects. Out: the routes of one URL, best first.
It does not: determine an Ingress's controller (`controllers`) or the pods' protocol
(`protocol`), or read what a controller supports beyond networking.k8s.io/v1 and the
annotations named here.
Source: Kubernetes, concepts/services-networking/ingress; ingress-nginx, annotations
(canary, use-regex, server-alias); Traefik, Kubernetes Ingress annotations.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from parallax.model.wire import Json
from parallax_agent.route import annotations
from parallax_agent.route.limits import NGINX
from parallax_agent.route.matching import (
    OTHER,
    expression_matches,
    host_rank,
    matches_path,
)
from parallax_agent.watch.objects import many, part

HOSTS = 1000
"""An HTTPRoute's rank also contains the length of its host, up to this."""
NONE = "which is not a Service; name the Service in the target"
TRAEFIK = "traefik.ingress.kubernetes.io/router."


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where an Ingress, HTTPRoute or a kind of a controller routes a host and path.

    `namespace` and `ingress` name the object, `port` is a number or a name. The other
    fields show why it was chosen.
    """

    ingress: str
    namespace: str
    service: str
    """Empty: it routes to no Service, and `notes` say to what."""
    port: int | str | None = None
    tls: bool = False
    """TLS for this host reaches the ingress, which terminates it or passes it
    through."""
    service_namespace: str | None = None
    """None: the same as the Ingress's."""
    kind: str = "Ingress"
    host: str = ""
    path: str = ""
    path_type: str = ""
    class_name: str | None = None
    controller: str | None = None
    """The controller that reports that it serves the route."""
    gateway: tuple[str, str] | None = None
    """Namespace and name of the Gateway."""
    listener: int | None = None
    """The port on which the Gateway listens."""
    entry_points: tuple[str, ...] = ()
    """Traefik's entry points that the route is limited to; empty: all."""
    addresses: frozenset[str] = frozenset()
    """The addresses that the controller reports in the status."""
    rank: tuple[int, bool, int] = (0, False, 0)
    created: str = ""
    notes: tuple[str, ...] = ()

    @property
    def closeness(self) -> int:
        """How closely its host matches the request's, as `matching` ranks it."""
        return self.rank[0] // HOSTS if self.kind == "HTTPRoute" else self.rank[0]

    @property
    def accepted(self) -> bool:
        """Whether a controller accepted it; only an HTTPRoute says so."""
        return self.kind != "HTTPRoute" or self.controller is not None

    @property
    def title(self) -> str:
        """Kind, namespace and name, e.g. `Ingress shop/web`."""
        return f"{self.kind} {self.namespace}/{self.ingress}"

    @property
    def backend(self) -> str:
        """Namespace and name of the Service."""
        return f"{self.service_namespace or self.namespace}/{self.service}"


def routes(ingresses: Iterable[Json], host: str, path: str) -> list[Route]:
    """Return each Ingress's route of a host and path, the winning one first.

    Exact host first, longest path first, the oldest Ingress first. A route without a
    Service is included only if it wins, and its `service` is empty.
    """
    best: dict[tuple[str, str], Route] = {}
    for item in ingresses:
        if annotations.is_canary(item):
            continue
        choices = list(_choices(item, host, path))
        if choices:
            winner = max(choices, key=lambda r: r.rank)
            best[winner.namespace, winner.ingress] = winner
    first, *others = in_order(best.values()) or [None]
    return [first, *(r for r in others if r and r.service)] if first else []


def in_order(every: Iterable[Route]) -> list[Route]:
    """Return routes, the winning one first; of equal ones the oldest."""
    by_age = sorted(every, key=lambda r: (r.created, r.namespace, r.ingress))
    return sorted(by_age, key=lambda r: r.rank, reverse=True)


def tls_classes(ingresses: Iterable[Json], host: str, rule: str) -> set[str | None]:
    """Return the classes of the Ingresses with this rule's host that terminate TLS."""
    return {
        annotations.class_name(item)
        for item in ingresses
        if not annotations.is_canary(item)
        and _ends_tls(item, host)
        and any((r.get("host") or "") == rule for r in many(item, "spec", "rules"))
    }


def canaries(ingresses: Iterable[Json], host: str) -> list[Json]:
    """Return the canary Ingresses that name a host."""
    return [
        item
        for item in ingresses
        if annotations.is_canary(item)
        and any(rule.get("host") == host for rule in many(item, "spec", "rules"))
    ]


def _choices(item: Json, host: str, path: str) -> Iterator[Route]:
    regex = annotations.is_true(item, NGINX + "use-regex")
    regex = regex or bool(annotations.of(item, NGINX + "rewrite-target"))
    for rule in many(item, "spec", "rules"):
        name = rule.get("host") or ""
        alias = bool(name) and host in annotations.aliases(item)
        rank = host_rank(host if alias else name, host)
        if rank == OTHER:
            continue
        for entry in many(rule, "http", "paths"):
            text, kind = entry.get("path") or "/", entry.get("pathType")
            exact = kind == "Exact"
            fits = matches_path(text, kind, path)
            if regex and not exact:
                fits = expression_matches(text, path)
            if fits is not False:
                order = rank, exact, len(text)
                for candidate in _to(item, host, entry, order, (name, text, kind)):
                    yield (
                        candidate
                        if fits
                        else replace(candidate, notes=(_partly_evaluated(text),))
                    )
    default = {"backend": part(item, "spec", "defaultBackend")}
    yield from _to(item, host, default, (0, False, 0), ("", "", "defaultBackend"))


def _partly_evaluated(pattern: str) -> str:
    return f"path {pattern} may match less: only its literal beginning is evaluated"


def _to(
    item: Json,
    host: str,
    entry: Json,
    rank: tuple[int, bool, int],
    rule: tuple[str, str, str | None],
) -> Iterator[Route]:
    backend = part(entry, "backend")
    target, other = part(backend, "service"), part(backend, "resource")
    if not target.get("name") and not other:
        return
    port, (rule_host, path, kind) = part(target, "port"), rule
    where = f"{other.get('kind', 'something')} {other.get('name', '')}".strip()
    balancer = many(item, "status", "loadBalancer", "ingress")
    yield Route(
        ingress=item["metadata"]["name"],
        namespace=item["metadata"]["namespace"],
        service=target.get("name") or "",
        notes=()
        if target.get("name")
        else (f"{path or host} routes to {where}, {NONE}",),
        port=port.get("number") or port.get("name"),
        tls=_ends_tls(item, host),
        host=rule_host,
        path=path,
        path_type=kind or "",
        class_name=annotations.class_name(item),
        entry_points=tuple(annotations.listed(item, TRAEFIK + "entrypoints")),
        addresses=frozenset(
            a for b in balancer for a in (b.get("ip"), b.get("hostname")) if a
        ),
        rank=rank,
        created=item["metadata"].get("creationTimestamp") or "",
    )


def _ends_tls(item: Json, host: str) -> bool:
    """Tell whether TLS reaches the ingress, to be terminated or passed through.

    A `tls` section without hosts applies to all hosts.
    """
    if annotations.passes_tls(item):
        return True
    entry_points = annotations.of(item, TRAEFIK + "entrypoints")
    if annotations.of(item, TRAEFIK + "tls") == "true" or entry_points == "websecure":
        return True
    return any(
        host_rank(name, host) != OTHER
        for entry in many(item, "spec", "tls")
        for name in many(entry, "hosts") or [""]
    )
