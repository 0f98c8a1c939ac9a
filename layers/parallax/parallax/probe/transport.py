"""Transport: one HTTP/1.1 request on one new connection, with timed phases.

In: an `httpx.Request`; `extensions["route"]` may state how to send it.
Out: an `httpx.Response` whose headers keep their case and order.
It does not: reuse connections, follow redirects, support HTTP/2 (which has neither
reason phrase nor header case), or limit time except for the connect: the caller does.
httpx's own transport has no DNS phase, and is half as slow again.
"""

import asyncio
import contextlib
import math
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx

from parallax.model.probe import ErrorType
from parallax.probe import tls
from parallax.probe.address import LOOPBACK, not_permitted, permitted
from parallax.probe.connection import Connection, connect
from parallax.probe.failure import Failure, NotSentError
from parallax.probe.handshake import Handshake
from parallax.probe.resolve import lookup
from parallax.probe.response_parser import ResponseParser
from parallax.probe.trace import Trace

SECOND_HANDSHAKE_SECONDS = 2.0
"""Most seconds of a second handshake; it also gets at most half of the time left."""
FRAMING = 1024 * 1024
"""Bytes of TLS, headers and chunk framing; beyond them the rest of a body is not read.

A page of 400 KiB in chunks of 16 bytes, each in its own TLS record, has fewer."""


@dataclass(slots=True, kw_only=True)
class Route:
    """How to send a request; passed in `request.extensions["route"]`."""

    trace: Trace = field(default_factory=Trace)
    address: str | None = None
    port: int | None = None
    name: str | None = None
    source_address: str | None = None
    allow_private: bool = False
    own_host: str | None = None
    verify: bool = True
    proxy_protocol: bool = False
    connect_timeout: float | None = None
    ends_at: float = math.inf
    """The event loop's time at which the caller gives up."""


class FreshTransport(httpx.AsyncBaseTransport):
    """A transport that opens and closes a connection for each request."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises `Failure`."""
        route: Route = request.extensions.get("route") or Route()
        connection = await _reach(request.url, route)
        try:
            parser = await _send(connection, request, route.trace)
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            parser.status_code or 0,
            headers=parser.headers,
            stream=Body(connection, parser),
            extensions={"reason_phrase": parser.reason, "http_version": b"HTTP/1.1"},
        )


class Body(httpx.AsyncByteStream):
    """The body's pieces as they arrive; it stops if most of the bytes are framing."""

    def __init__(self, connection: Connection, parser: ResponseParser) -> None:
        self._connection = connection
        self._parser = parser

    @property
    def complete(self) -> bool:
        """Whether the whole body was read."""
        return self._parser.complete

    async def __aiter__(self) -> AsyncIterator[bytes]:
        limit = FRAMING
        while True:
            for piece in self._parser.take():
                limit += len(piece)
                yield piece
            if self._parser.complete or self._connection.received > limit:
                return
            await _advance(self._connection, self._parser)

    async def aclose(self) -> None:
        """Close the connection."""
        self._connection.close()


async def _reach(url: httpx.URL, route: Route) -> Connection:
    """Resolve, connect and do the TLS handshake."""
    secure = url.scheme == "https"
    port = route.port or url.port or (443 if secure else 80)
    host = url.raw_host.decode()
    name = route.name or host
    handshake = _prepared(name, route) if secure else None
    addresses = await _addresses(host, port, route, handshake)
    route.trace.enter("connect")
    # A fixed address names itself; who fixes it has checked where it comes from.
    named = route.own_host or host
    connection = await _connect(addresses, named, port, route)
    if secure:
        route.trace.enter("tls")
        try:
            await _secure(connection, name, port, route, handshake)
        except BaseException:
            connection.close()
            raise
    return connection


def _context(route: Route) -> ssl.SSLContext:
    return tls.VERIFIED if route.verify else tls.UNVERIFIED


def _prepared(name: str, route: Route) -> Handshake | None:
    """Return a handshake with this name; None if TLS refuses the name.

    The TLS phase refuses it again; a failure before that phase is reported first.
    """
    try:
        return Handshake(_context(route), name)
    except ValueError:
        return None


async def _addresses(
    host: str, port: int, route: Route, handshake: Handshake | None
) -> tuple[str, ...]:
    """Return the addresses, and begin the handshake while the resolver works."""
    if route.address is not None:
        return (route.address,)
    route.trace.enter("resolve")
    if handshake is None:
        return await lookup(host, port)
    return await lookup(host, port, handshake.begin)


async def _connect(
    addresses: tuple[str, ...], named: str, port: int, route: Route
) -> Connection:
    """Connect to the first address, as one user would.

    It tries the next one only if this machine has no route to the first (no IPv6, as
    on Lambda): a retry after a refused connection would hide the failure.
    """
    failure = Failure(ErrorType.NAME_NOT_RESOLVED, "the name has no address")
    for address in addresses:
        route.trace.peer_address, route.trace.peer_port = address, port
        if not _may_go(address, named, route):
            detail = f"{address} is {not_permitted(allow_private=route.allow_private)}"
            raise Failure(ErrorType.ADDRESS_NOT_ALLOWED, detail)
        try:
            return await _open(address, port, route)
        except Failure as error:
            failure = error
            if error.error_type is not ErrorType.HOST_UNREACHABLE:
                raise
    raise failure


def _may_go(address: str, named: str, route: Route) -> bool:
    """Say whether a request may go to an address.

    An address that the request itself names, and not its URL, comes from a cluster or a
    load balancer. It may be this machine, as in a lab, but no metadata service.
    """
    private = route.allow_private
    if permitted(address, named, allow_private=private):
        return True
    given = address == route.address
    return given and permitted(address, LOOPBACK, allow_private=private)


async def _open(address: str, port: int, route: Route) -> Connection:
    try:
        async with asyncio.timeout(route.connect_timeout):
            return await connect(
                address, port, route.source_address, proxy_protocol=route.proxy_protocol
            )
    except TimeoutError as error:
        detail = f"no connection within {route.connect_timeout:.3g} s"
        raise Failure(ErrorType.TIMEOUT, detail) from error


async def _secure(
    connection: Connection,
    name: str,
    port: int,
    route: Route,
    handshake: Handshake | None,
) -> None:
    try:
        await connection.start_tls(handshake or Handshake(_context(route), name))
    except Failure as failure:
        route.trace.leave()
        connection.close()
        if isinstance(failure.__cause__, ssl.SSLCertVerificationError):
            await _read_certificate(name, port, route)
        raise


async def _read_certificate(name: str, port: int, route: Route) -> None:
    """Do a second handshake without verification, to read the certificate.

    OpenSSL discards a chain that it rejects. No request is sent on this connection. If
    it fails, the probe still reports the failure of the first one.
    """
    address = route.trace.peer_address or ""
    left = route.ends_at - asyncio.get_running_loop().time()
    with contextlib.suppress(Failure, NotSentError, TimeoutError):
        async with asyncio.timeout(min(SECOND_HANDSHAKE_SECONDS, left / 2)):
            connection = await _open(address, port, route)
            try:
                session = await connection.start_tls(Handshake(tls.UNVERIFIED, name))
                route.trace.certificate = tls.peer_certificate(session)
            finally:
                connection.close()


async def _send(
    connection: Connection, request: httpx.Request, trace: Trace
) -> ResponseParser:
    """Send the request and read until the headers are complete."""
    parser = ResponseParser(to_head=request.method == "HEAD")
    message = _head(request) + request.content
    trace.enter("processing")
    try:
        await connection.send(message)
    finally:  # decoded while the peer works on its response
        if connection.tls is not None:
            trace.certificate = tls.peer_certificate(connection.tls)
    while parser.status_code is None:
        await _advance(connection, parser)
    trace.enter("transfer")
    return parser


async def _advance(connection: Connection, parser: ResponseParser) -> None:
    """Read once; a reset counts as an end, and the parser checks if it is early."""
    try:
        piece = await connection.receive()
    except Failure as failure:
        if failure.error_type is not ErrorType.CONNECTION_CLOSED:
            raise
        parser.end(reset=True)
        return
    if piece:
        parser.feed(piece)
    else:
        parser.end()


def _head(request: httpx.Request) -> bytes:
    """Return the request line and headers."""
    lines = [b"%b %b HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%b: %b" % header for header in request.headers.raw]
    return b"\r\n".join([*lines, b"", b""])
