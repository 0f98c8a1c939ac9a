"""Address safety: the addresses that a probe may connect to.

In: an IP address as text, and the host that a URL names. Out: whether it is a public
address; whether a target that may be private may be there.
It does not: resolve names. A name is refused by the address that the probe is about to
connect to, so no second lookup can replace it.
Source: IANA special-purpose address registries (RFC 6890, RFC 8190), and its IPv6
address space: only 2000::/3 is allocated as global unicast. The documentation networks
are allowed: only labs use them.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_REFUSED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's metadata and health service
        "169.254.0.0/16",  # link-local; metadata of AWS, Google, Hetzner
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata service
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
    )
)
_GLOBAL_UNICAST = ip_network("2000::/3")
"""The rest of IPv6 is loopback, private, link-local, multicast or translation."""
_NEVER = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this host: Linux connects to itself
        "100.100.100.200/32",  # Alibaba's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's metadata and health service
        "169.254.0.0/16",  # link-local; metadata of AWS, Google, Hetzner
        "192.0.0.192/32",  # Oracle's metadata service
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "::/8",  # unspecified, loopback, and what is translated to IPv4
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fd00:ec2::/32",  # metadata and other services of AWS
        "fd20:ce::254/128",  # Google's metadata service
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)
"""No private server of a target is there, unless its URL names the address itself."""
LOOPBACK = "localhost"
"""Names every loopback address, as a URL's host (RFC 6761, 6.3)."""
_NAT64 = ip_network("64:ff9b::/96")


@lru_cache(maxsize=1024)
def allowed(address: str) -> bool:
    """Return whether this is a public address; False if the text is not one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    embedded = _embedded(parsed)
    if embedded is not None:
        return not _refused(embedded)
    if isinstance(parsed, IPv6Address) and parsed not in _GLOBAL_UNICAST:
        return False
    return not _refused(parsed)


@lru_cache(maxsize=1024)
def permitted(address: str, host: str, *, allow_private: bool) -> bool:
    """Return whether a request for a URL with this host may go to an address.

    `allow_private` adds private networks, but neither loopback nor link-local addresses
    nor a cloud's metadata service. Those need a URL that names the address, so that no
    name server can lead there. `localhost` names every loopback address.
    """
    if allowed(address):
        return True
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if not allow_private:
        return False
    return not _is_never(parsed) or _is_named(parsed, host)


def not_permitted(*, allow_private: bool) -> str:
    """Return what an address is that is not permitted."""
    if allow_private:
        return "a loopback, link-local or metadata address that the URL does not name"
    return "not a public address"


def _is_never(address: IPv4Address | IPv6Address) -> bool:
    inner = _embedded(address)
    if inner is not None:
        return _is_never(inner)
    return any(
        address.version == network.version and address in network for network in _NEVER
    )


def _is_named(address: IPv4Address | IPv6Address, host: str) -> bool:
    name = host.strip("[]").partition("%")[0].rstrip(".").lower()
    if name == LOOPBACK or name.endswith(f".{LOOPBACK}"):
        return address.is_loopback
    try:
        named = ip_address(name)
    except ValueError:
        return False
    return named == address or (named.is_loopback and address.is_loopback)


@lru_cache(maxsize=1024)
def is_address(host: str) -> bool:
    """Return whether a URL's host is an address, which needs no lookup.

    An IPv6 address has no brackets here.
    """
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _refused(address: IPv4Address | IPv6Address) -> bool:
    return any(
        address.version == network.version and address in network
        for network in _REFUSED
    )


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address is translated to, if any."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
