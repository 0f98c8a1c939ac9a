"""Failure: why no usable answer came, as an exception and from the system's own.

In: what the operating system or OpenSSL raised. Out: an `ErrorType` and words.
It does not: judge; a refused connection is a fact, not yet a cause.
"""

import errno
import os

import httpx

from parallax.model.probe import ErrorType

_BY_ERRNO = {
    errno.ECONNREFUSED: ErrorType.CONNECTION_REFUSED,
    errno.ECONNRESET: ErrorType.CONNECTION_CLOSED,
    errno.EPIPE: ErrorType.CONNECTION_CLOSED,
    errno.EHOSTUNREACH: ErrorType.HOST_UNREACHABLE,
    errno.ENETUNREACH: ErrorType.HOST_UNREACHABLE,
    errno.EAFNOSUPPORT: ErrorType.HOST_UNREACHABLE,  # a machine without IPv6
    errno.ETIMEDOUT: ErrorType.TIMEOUT,
}


class Failure(httpx.TransportError):
    """The network's own failure, already named."""

    def __init__(self, error_type: ErrorType, detail: str) -> None:
        super().__init__(detail)
        self.error_type = error_type
        self.detail = detail


def from_os(error: OSError) -> Failure:
    """Name what the operating system said (`errno(3)`), in its own words.

    asyncio's words for a failed connect are "Connect call failed" whatever it was.
    """
    if not error.errno:
        return Failure(ErrorType.OTHER, f"{error}")
    error_type = _BY_ERRNO.get(error.errno, ErrorType.OTHER)
    return Failure(error_type, os.strerror(error.errno))
