"""Failure: why no usable answer came, as an exception and from the system's own.

In: what the operating system or OpenSSL raised. Out: an `ErrorType` and words; or,
where this machine itself had no means to send, a `NotSentError`.
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
_OUR_OWN = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""This machine or this process has no file descriptor, buffer or memory left."""


class NotSentError(Exception):
    """This machine could not send the request, which says nothing of the target.

    The text says why, e.g. `too many connections at once`.
    """


class Failure(httpx.TransportError):
    """The network's own failure, already named."""

    def __init__(self, error_type: ErrorType, detail: str) -> None:
        super().__init__(detail)
        self.error_type = error_type
        self.detail = detail


def is_our_own(error: object) -> bool:
    """Tell whether an error says that this machine has no means left (`errno(3)`)."""
    return isinstance(error, OSError) and error.errno in _OUR_OWN


def from_os(error: OSError) -> Failure | NotSentError:
    """Name what the operating system said (`errno(3)`), in its own words.

    asyncio's words for a failed connect are "Connect call failed" whatever it was.
    """
    if not error.errno:
        return Failure(ErrorType.OTHER, f"{error}")
    if is_our_own(error):
        return NotSentError(os.strerror(error.errno))
    error_type = _BY_ERRNO.get(error.errno, ErrorType.OTHER)
    return Failure(error_type, os.strerror(error.errno))
