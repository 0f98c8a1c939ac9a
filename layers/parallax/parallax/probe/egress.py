"""Egress: whether this machine can send packets to an address at all.

In: an IP address. Out: whether the operating system has a route to it.
It does not: send a byte, or check that anything responds there.
"""

import socket

from parallax.probe.failure import is_local

_ANY_PORT = 443


def has_route(address: str) -> bool:
    """Return whether this machine has a route to the address.

    A UDP connect(2) looks up the route and sends nothing. A Lambda function outside a
    VPC has no route to IPv6, and such a failure says nothing about the address. A
    machine that has no socket left may still have a route.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((address, _ANY_PORT))
    except OSError as error:
        return is_local(error)
    return True


def has_socket() -> bool:
    """Return whether this process can open one more socket.

    getaddrinfo(3) reports a lack of sockets like a name server that does not respond.
    """
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
    except OSError as error:
        return not is_local(error)
    return True


def no_route(address: str) -> str:
    """Return the sentence that this machine has no route to the address."""
    return f"no IPv{6 if ':' in address else 4} route from this machine"
