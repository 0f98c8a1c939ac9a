"""Ingress: which Service an Ingress sends a host and path to.

In: Ingress objects. Out: the routes of one URL, best first; the hosts that are served.
It does not: know whose class an Ingress is of (`controllers`), nor what a controller
reads beside networking.k8s.io/v1 and the annotations named here.
Source: Kubernetes, concepts/services-networking/ingress; ingress-nginx, annotations
(canary, use-regex, server-alias); Traefik, Kubernetes Ingress annotations.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from parallax.model.wire import Json
from parallax_agent.limits import NGINX
from parallax_agent.matching import OTHER, expression_takes, host_rank, takes
from parallax_agent.objects import many, part

MOST_HOSTS = 200
HOSTS = 1000
"""An HTTPRoute's rank holds the length of its host as well, up to this."""
NONE = "which is no Service: name the Service in the target"
CLASS = "kubernetes.io/ingress.class"
"""How an Ingress named its class before there were IngressClasses."""
TRAEFIK = "traefik.ingress.kubernetes.io/router."
_YES = frozenset({"1", "t", "T", "TRUE", "true", "True"})
"""How ingress-nginx may be told yes (Go, strconv.ParseBool)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where an Ingress or HTTPRoute sends a host and path.

    `namespace` and `ingress` name the object that says so, `port` is a number or a
    name. The rest is why it was chosen.
    """

    ingress: str
    namespace: str
    service: str
    """Empty: what it leads to is no Service, and `notes` say what it is."""
    port: int | str | None = None
    tls: bool = False
    """The Ingress itself ends TLS for this host."""
    backend_protocol: str = "HTTP"
    service_namespace: str | None = None
    """None: the same as the Ingress's."""
    kind: str = "Ingress"
    host: str = ""
    path: str = ""
    path_type: str = ""
    class_name: str | None = None
    controller: str | None = None
    """The controller that says of itself that it serves the route."""
    gateway: tuple[str, str] | None = None
    """Namespace and name of the Gateway."""
    listener: int | None = None
    """The port at which the Gateway listens."""
    addresses: frozenset[str] = frozenset()
    """Where its controller says that it can be reached."""
    rank: tuple[int, bool, int] = (0, False, 0)
    created: str = ""
    notes: tuple[str, ...] = ()

    @property
    def closeness(self) -> int:
        """How closely its host names the request's, as `matching` ranks it."""
        return self.rank[0] // HOSTS if self.kind == "HTTPRoute" else self.rank[0]

    @property
    def taken(self) -> bool:
        """Whether a controller says that it took it; of an Ingress none says so."""
        return self.kind == "Ingress" or self.controller is not None

    @property
    def title(self) -> str:
        """Kind, namespace and name, e.g. `Ingress shop/web`."""
        return f"{self.kind} {self.namespace}/{self.ingress}"

    @property
    def backend(self) -> str:
        """Namespace and name of the Service."""
        return f"{self.service_namespace or self.namespace}/{self.service}"


def routes(ingresses: Iterable[Json], host: str, path: str) -> list[Route]:
    """Return each Ingress's route of a host and path, the one that wins first.

    Exact host first, longest path first, the oldest Ingress first. What leads to no
    Service is a route only where it wins, and its `service` is empty.
    """
    best: dict[tuple[str, str], Route] = {}
    for item in ingresses:
        if is_canary(item):
            continue
        choices = list(_choices(item, host, path))
        if choices:
            found = max(choices, key=lambda r: r.rank)
            best[found.namespace, found.ingress] = found
    first, *others = in_order(best.values()) or [None]
    return [first, *(r for r in others if r and r.service)] if first else []


def in_order(found: Iterable[Route]) -> list[Route]:
    """Return routes, the one that wins first; of equals the oldest."""
    by_age = sorted(found, key=lambda r: (r.created, r.namespace, r.ingress))
    return sorted(by_age, key=lambda r: r.rank, reverse=True)


def route(ingresses: Iterable[Json], host: str, path: str) -> Route | None:
    """Return the route of a host and path; None: no Ingress takes it."""
    return next(iter(routes(ingresses, host, path)), None)


def tls_classes(ingresses: Iterable[Json], host: str, rule: str) -> set[str | None]:
    """Name the classes of the Ingresses that have a rule's host, and end its TLS."""
    return {
        _class_name(item)
        for item in ingresses
        if not is_canary(item)
        and _ends_tls(item, host)
        and any((r.get("host") or "") == rule for r in many(item, "spec", "rules"))
    }


def hosts(ingresses: Iterable[Json], host: str) -> tuple[str, ...]:
    """Return every host that an Ingress names, sorted; canaries serve none alone."""
    named = {
        name
        for item in ingresses
        if not is_canary(item)
        for rule in many(item, "spec", "rules")
        if rule.get("host")
        for name in (rule["host"], *_aliases(item))
    }
    return likest(named, host)


def likest(named: Iterable[str], host: str) -> tuple[str, ...]:
    """Return `MOST_HOSTS` of these hosts at most, sorted.

    Of too many those stay that take the host, then those written most like it: what
    is missing is really missing, and a slip of the pen is among them.
    """
    nearest = sorted(named, key=lambda n: (-host_rank(n, host), -_alike(n, host), n))
    return tuple(sorted(nearest[:MOST_HOSTS]))


def canaries(ingresses: Iterable[Json], host: str) -> list[Json]:
    """Return the canary Ingresses that name a host."""
    return [
        item
        for item in ingresses
        if is_canary(item)
        and any(rule.get("host") == host for rule in many(item, "spec", "rules"))
    ]


def is_canary(item: Json) -> bool:
    """Tell whether an Ingress only takes a share of another one's requests."""
    return _annotation(item, NGINX + "canary") in _YES


def _alike(one: str, other: str) -> int:
    """Count the characters that two names share at their begin and at their end."""
    both = (one, other), (one[::-1], other[::-1])
    return sum(_shared(*names) for names in both)


def _shared(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _choices(item: Json, host: str, path: str) -> Iterator[Route]:
    regex = _annotation(item, NGINX + "use-regex") in _YES
    regex = regex or bool(_annotation(item, NGINX + "rewrite-target"))
    for rule in many(item, "spec", "rules"):
        name = rule.get("host") or ""
        rank = host_rank(host if name and host in _aliases(item) else name, host)
        if rank == OTHER:
            continue
        for entry in many(rule, "http", "paths"):
            text, kind = entry.get("path") or "/", entry.get("pathType")
            exact = kind == "Exact"
            fits = takes(text, kind, path)
            if regex and not exact:
                fits = expression_takes(text, path)
            if fits is not False:
                order = rank, exact, len(text)
                for found in _to(item, host, entry, order, (name, text, kind)):
                    yield found if fits else replace(found, notes=(_unsure(text),))
    default = {"backend": part(item, "spec", "defaultBackend")}
    yield from _to(item, host, default, (0, False, 0), ("", "", "defaultBackend"))


def _unsure(pattern: str) -> str:
    return f"path {pattern} is judged by its plain beginning: it may take less"


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
        else (f"{path or host} leads to {where}, {NONE}",),
        port=port.get("number") or port.get("name"),
        tls=_ends_tls(item, host),
        backend_protocol=_protocol(item),
        host=rule_host,
        path=path,
        path_type=kind or "",
        class_name=_class_name(item),
        addresses=frozenset(
            a for b in balancer for a in (b.get("ip"), b.get("hostname")) if a
        ),
        rank=rank,
        created=item["metadata"].get("creationTimestamp") or "",
    )


def _class_name(item: Json) -> str | None:
    return part(item, "spec").get("ingressClassName") or _annotation(item, CLASS)


def _ends_tls(item: Json, host: str) -> bool:
    """Tell whether TLS is ended here; a `tls` section without hosts is for all."""
    entry_points = _annotation(item, TRAEFIK + "entrypoints")
    if _annotation(item, TRAEFIK + "tls") == "true" or entry_points == "websecure":
        return True
    return any(
        host_rank(name, host) != OTHER
        for entry in many(item, "spec", "tls")
        for name in many(entry, "hosts") or [""]
    )


def _protocol(item: Json) -> str:
    """Return what the pods speak, as the Ingress's annotations say."""
    if _annotation(item, "haproxy.org/server-ssl") == "true":
        return "HTTPS"
    own = _annotation(item, "haproxy-ingress.github.io/backend-protocol") or ""
    if own.lower() in {"h1-ssl", "h2-ssl", "h2"}:
        return own
    return _annotation(item, NGINX + "backend-protocol") or "HTTP"


def _aliases(item: Json) -> list[str]:
    text = _annotation(item, NGINX + "server-alias") or ""
    return [name.strip() for name in text.split(",") if name.strip()]


def _annotation(item: Json, name: str) -> str | None:
    return part(item, "metadata", "annotations").get(name)
