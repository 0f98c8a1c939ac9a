"""Address safety: where a probe may go.

In: an IP address as text. Out: whether the internet could reach it.
It does not: resolve names. Names are refused by the addresses they have at the
moment of connecting, so no second lookup can swap them.
Source: IANA special-purpose address registries (RFC 6890, RFC 8190), and its
IPv6 address space: only 2000::/3 is given out as global unicast. The
documentation networks stay allowed: nothing lives there but labs.
"""

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
"""The rest of IPv6 is loopback, private, local, multicast, or a translator's."""
_NAT64 = ip_network("64:ff9b::/96")


def allowed(address: str) -> bool:
    """Return whether a probe may go to this address without special leave.

    What is not an address is not allowed.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    carried = _carried(parsed)
    if carried is not None:
        return not _refused(carried)
    if isinstance(parsed, IPv6Address) and parsed not in _GLOBAL_UNICAST:
        return False
    return not _refused(parsed)


def is_address(host: str) -> bool:
    """Return whether a URL's host is an address, so that there is nothing to resolve.

    IPv6 comes without brackets here.
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


def _carried(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address would be carried to."""
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour
