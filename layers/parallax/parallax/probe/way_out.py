"""Way out: whether this machine could send anything to an address at all.

In: an IP address. Out: whether the operating system has a route to it.
It does not: send a byte, or say whether anybody answers there.
"""

import socket

from parallax.probe.failure import is_our_own

_ANY_PORT = 443


def has_route(address: str) -> bool:
    """Return whether a packet to the address could leave this machine.

    A UDP connect(2) looks up the route and sends nothing. A Lambda function
    outside a VPC has no route to IPv6; what fails for that says nothing about
    the address. A machine that has no socket left may still have a route.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((address, _ANY_PORT))
    except OSError as error:
        return is_our_own(error)
    return True


def has_socket() -> bool:
    """Return whether this process can open one more socket.

    A resolver that cannot says the same as one that got no answer.
    """
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
    except OSError as error:
        return not is_our_own(error)
    return True


def no_route(address: str) -> str:
    """Say that the operating system has no route to an address of this family."""
    return f"no IPv{6 if ':' in address else 4} route from here"
