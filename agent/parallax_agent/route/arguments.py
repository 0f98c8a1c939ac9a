"""Arguments: what a controller's own arguments say about its ports.

In: its pods. Out: Traefik's entry points; the ports of a controller on the node.
It does not: read environment variables or files, which the agent may not see; a
controller that is configured there counts as not configured.
Source: Traefik, reference/install-configuration/entrypoints (`http.tls`,
`http.redirections`, `proxyProtocol.trustedIPs`); ingress-nginx,
user-guide/cli-arguments (`--http-port`, `--https-port`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from parallax.model.cluster import ServicePort
from parallax.model.wire import Json
from parallax_agent.watch.objects import many, part

_ENTRY_POINTS = "--entrypoints."
_PORTS = {"--http-port": 80, "--https-port": 443}
"""ingress-nginx's arguments, with the port that users use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPoint:
    """One of Traefik's entry points, as its arguments define it."""

    name: str
    port: int | None = None
    tls: bool = False
    """It terminates TLS for every router, with or without a `tls` section."""
    redirects_to: str | None = None
    trusted: tuple[str, ...] = ()
    """Networks from which it accepts a PROXY header; it requires none."""

    def serves(self, port: ServicePort) -> bool:
        """Tell whether a port of the Service leads to this entry point."""
        names = {port.name, port.target_port}
        return self.name in names or str(self.port) == port.target_port


def arguments(pods: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """Yield each argument of the pods, in lower case, with its value."""
    for item in pods:
        for container in many(item, "spec", "containers"):
            for word in (*many(container, "command"), *many(container, "args")):
                name, equals, value = str(word).partition("=")
                yield name.lower(), value if equals else "true"


def entry_points(pods: Iterable[Json]) -> tuple[EntryPoint, ...]:
    """Return Traefik's entry points by name; empty: no argument defines any."""
    settings: dict[str, dict[str, str]] = {}
    for name, value in arguments(pods):
        if name.startswith(_ENTRY_POINTS):
            point, _, setting = name.removeprefix(_ENTRY_POINTS).partition(".")
            settings.setdefault(point, {})[setting] = value
    return tuple(_entry_point(name, found) for name, found in sorted(settings.items()))


def _entry_point(name: str, found: dict[str, str]) -> EntryPoint:
    number = found.get("address", "").partition("/")[0].rpartition(":")[2]
    tls = found.get("http.tls", "false").lower() == "true"
    trusted = found.get("proxyprotocol.trustedips", "")
    everyone = found.get("proxyprotocol.insecure", "false").lower() == "true"
    return EntryPoint(
        name=name,
        port=int(number) if number.isdecimal() else None,
        tls=tls or any(setting.startswith("http.tls.") for setting in found),
        redirects_to=found.get("http.redirections.entrypoint.to"),
        trusted=("everyone",) if everyone else tuple(filter(None, trusted.split(","))),
    )


def for_port(
    points: Iterable[EntryPoint], port: ServicePort | None
) -> EntryPoint | None:
    """Return the entry point behind a port of the Service; None: none is known."""
    return next((p for p in points if port is not None and p.serves(port)), None)


def node_ports(pods: Iterable[Json]) -> dict[int, tuple[int, int]]:
    """Return where pods listen on their nodes, by the usual port (80, 443).

    The values are the node's port and the container's. `hostPort` names the first one.
    With hostNetwork both are the same, the usual ones unless arguments change them.
    """
    found: dict[int, tuple[int, int]] = {}
    for item in pods:
        for entry in _container_ports(item):
            usual = _usual(entry)
            if usual is not None and entry.get("hostPort"):
                found.setdefault(usual, (entry["hostPort"], entry["containerPort"]))
        if not part(item, "spec").get("hostNetwork"):
            continue
        for entry in _container_ports(item):
            usual, number = _usual(entry), entry["containerPort"]
            if usual is not None:
                found.setdefault(usual, (number, number))
        for name, value in arguments([item]):
            if name in _PORTS and value.isdecimal():
                found[_PORTS[name]] = int(value), int(value)
    return found


def _container_ports(item: Json) -> Iterator[Json]:
    for container in many(item, "spec", "containers"):
        for entry in many(container, "ports", having=("containerPort",)):
            if entry.get("protocol", "TCP") == "TCP":
                yield entry


def _usual(entry: Json) -> int | None:
    """Return 80 or 443, by the port's name or numbers; None: not for users."""
    words = {entry.get("name"), entry.get("hostPort"), entry["containerPort"]}
    if words & {"https", "websecure", 443}:
        return 443
    return 80 if words & {"http", "web", 80} else None
