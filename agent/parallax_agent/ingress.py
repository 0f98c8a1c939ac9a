"""Ingress: which Service an Ingress sends a host and path to.

In: Ingress objects. Out: the route of one URL, or None; the hosts that are served.
It does not: know other controllers' extensions; it reads networking.k8s.io/v1
and three annotations of ingress-nginx.
Source: Kubernetes, concepts/services-networking/ingress (path types, wildcards).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parallax.model.wire import Json
from parallax_agent.limits import NGINX
from parallax_agent.objects import many, part

MOST_HOSTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where an Ingress sends a host and path; `port` is a number or a name."""

    ingress: str
    namespace: str
    service: str
    port: int | str | None = None
    tls: bool = False
    """The Ingress itself ends TLS for this host."""
    backend_protocol: str = "HTTP"


def route(ingresses: Iterable[Json], host: str, path: str) -> Route | None:
    """Return the route of a host and path: exact host first, longest path first."""
    found = [
        (host_rank, exact, len(rule_path), choice)
        for item in ingresses
        if not is_canary(item)
        for host_rank, exact, rule_path, choice in _choices(item, host, path)
    ]
    return max(found, key=lambda f: f[:3])[3] if found else None


def hosts(ingresses: Iterable[Json], host: str) -> tuple[str, ...]:
    """Return every host that an Ingress names, sorted; canaries serve none alone.

    Of too many those stay that take the host, then those written most like it: what
    is missing is really missing, and a slip of the pen is among them.
    """
    named = {
        rule["host"]
        for item in ingresses
        if not is_canary(item)
        for rule in many(item, "spec", "rules")
        if rule.get("host")
    }
    nearest = sorted(named, key=lambda n: (-_host_rank(n, host), -_alike(n, host), n))
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
    return _annotation(item, "canary") == "true"


def _alike(one: str, other: str) -> int:
    """Count the characters that two names share at their begin and at their end."""
    both = (one, other), (one[::-1], other[::-1])
    return sum(_shared(*names) for names in both)


def _shared(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _choices(
    item: Json, host: str, path: str
) -> Iterator[tuple[int, bool, str, Route]]:
    for rule in many(item, "spec", "rules"):
        host_rank = _host_rank(rule.get("host") or "", host)
        if host_rank == 0:
            continue
        for entry in many(rule, "http", "paths"):
            rule_path, kind = entry.get("path") or "/", entry.get("pathType")
            choice = _route_to(item, host, entry["backend"])
            if choice is not None and _takes(rule_path, kind, path):
                yield host_rank, kind == "Exact", rule_path, choice
    default = _route_to(item, host, part(item, "spec", "defaultBackend"))
    if default is not None:
        yield 0, False, "", default


def _route_to(item: Json, host: str, backend: Json) -> Route | None:
    target = backend.get("service")
    if target is None:
        return None
    port = part(target, "port")
    return Route(
        ingress=item["metadata"]["name"],
        namespace=item["metadata"]["namespace"],
        service=target["name"],
        port=port.get("number") or port.get("name"),
        tls=any(
            _host_rank(name, host) > 0
            for entry in many(item, "spec", "tls")
            for name in many(entry, "hosts")
        ),
        backend_protocol=_annotation(item, "backend-protocol") or "HTTP",
    )


def _host_rank(pattern: str, host: str) -> int:
    """Rank a rule's host: 3 exact, 2 wildcard, 1 every host, 0 another host."""
    if not pattern:
        return 1
    if pattern == host:
        return 3
    first, _, rest = host.partition(".")
    return 2 if first and pattern == f"*.{rest}" else 0


def _takes(rule_path: str, kind: str | None, path: str) -> bool:
    if kind == "Exact":
        return path == rule_path
    if kind == "Prefix":
        return f"{path}/".startswith(f"{rule_path.rstrip('/')}/")
    return path.startswith(rule_path)


def _annotation(item: Json, name: str) -> str | None:
    return part(item, "metadata", "annotations").get(NGINX + name)
