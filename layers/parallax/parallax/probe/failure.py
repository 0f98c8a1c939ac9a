"""Failure: why there is no usable response, from the operating system's error.

In: what the operating system or OpenSSL raised. Out: an `ErrorType` and a detail; or a
`NotSentError`, if this machine had no resources to send the request.
It does not: judge; a refused connection is an observation, not yet a cause.
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
_LOCAL = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""This machine or process has no file descriptor, buffer or memory left."""


class NotSentError(Exception):
    """This machine could not send the request, which says nothing about the target.

    The text is the reason, e.g. `too many connections at once`.
    """


class Failure(httpx.TransportError):
    """A failure of the network, with its type and detail."""

    def __init__(self, error_type: ErrorType, detail: str) -> None:
        super().__init__(detail)
        self.error_type = error_type
        self.detail = detail


def is_local(error: object) -> bool:
    """Return whether this machine has no resources left (`errno(3)`)."""
    return isinstance(error, OSError) and error.errno in _LOCAL


def from_os(error: OSError) -> Failure | NotSentError:
    """Return the failure for an error of the operating system, with its own text.

    asyncio's text for every failed connect is "Connect call failed". See `errno(3)`.
    """
    if not error.errno:
        return Failure(ErrorType.OTHER, f"{error}")
    if is_local(error):
        return NotSentError(os.strerror(error.errno))
    error_type = _BY_ERRNO.get(error.errno, ErrorType.OTHER)
    return Failure(error_type, os.strerror(error.errno))
