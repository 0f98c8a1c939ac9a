"""Address safety: the addresses that a probe may connect to.

In: an IP address as text. Out: whether it is a public address.
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
