"""Servers: the parts of a project's servers that a load balancer's evidence needs.

In: a server in the API's JSON. Out: a frozen value, which `convert` and `firewalls`
read; it is not stored in the journal. It does not: call the API.
Source: hcloud-go `schema/server.go`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Network

from parallax.inspect.shape import Json, part


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One server; None for each field that is absent from the response."""

    id: int
    name: str
    status: str | None = None
    ipv4: str | None = None
    """Its public address, if it has one."""
    ipv6: IPv6Network | None = None
    """Its public addresses: Hetzner routes a whole /64 to a server."""
    private: tuple[tuple[int, str], ...] | None = None
    """Each private network's id, with the server's address there."""
    firewalls: Mapping[int, str] | None = None
    """Ids of the cloud firewalls on its public interface, each with its state."""

    @property
    def networks(self) -> tuple[int, ...] | None:
        """Ids of the private networks that it is attached to."""
        return None if self.private is None else tuple(net for net, _ in self.private)


def server(given: Json) -> Server:
    """Return a server; raises if the JSON has an unexpected format."""
    public = part(given, "public_net")
    private, firewalls = given.get("private_net"), public.get("firewalls")
    return Server(
        id=given["id"],
        name=given["name"],
        status=given.get("status"),
        ipv4=part(public, "ipv4").get("ip"),
        ipv6=_network(part(public, "ipv6").get("ip")),
        private=None
        if private is None
        else tuple((net["network"], net["ip"]) for net in private),
        firewalls=None
        if firewalls is None
        else {each["id"]: each["status"] for each in firewalls},
    )


def _network(text: str | None) -> IPv6Network | None:
    return IPv6Network(text, strict=False) if text else None
