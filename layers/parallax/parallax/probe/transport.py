"""Transport: one HTTP/1.1 request on one fresh connection, phases stamped.

In: an `httpx.Request`; `extensions["route"]` may say how it goes out.
Out: an `httpx.Response` with the headers' case and order kept.
It does not: keep connections, follow redirects, speak HTTP/2 (which has neither
reason phrase nor header case), or bound time, but for the connect: the caller does.
Why not httpx's own: it has no DNS phase, and costs half as much again.
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
from parallax.probe.address import allowed
from parallax.probe.answer import Answer
from parallax.probe.connection import Connection, connect
from parallax.probe.failure import Failure, NotSentError
from parallax.probe.resolve import lookup
from parallax.probe.trace import Trace

LOOK_SECONDS = 2.0
"""For a second handshake, at most; and at most half of the time that is left."""
FRAMING = 1024 * 1024
"""Bytes of TLS, head and chunks; after more of them a body is not read to its end.

A page of 400 KiB in chunks of 16 bytes, each in a TLS record of its own, has fewer."""


@dataclass(slots=True, kw_only=True)
class Route:
    """How a request goes out; travels in `request.extensions["route"]`."""

    trace: Trace = field(default_factory=Trace)
    address: str | None = None
    port: int | None = None
    name: str | None = None
    source_address: str | None = None
    allow_private: bool = False
    verify: bool = True
    proxy_protocol: bool = False
    connect_timeout: float | None = None
    ends_at: float = math.inf
    """The event loop's time at which the caller gives up."""


class FreshTransport(httpx.AsyncBaseTransport):
    """A transport that opens a connection for each request and closes it after."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; raises `Failure`."""
        route: Route = request.extensions.get("route") or Route()
        connection = await _reach(request.url, route)
        try:
            answer = await _ask(connection, request, route.trace)
        except BaseException:
            connection.close()
            raise
        return httpx.Response(
            answer.status_code or 0,
            headers=answer.headers,
            stream=Body(connection, answer),
            extensions={"reason_phrase": answer.reason, "http_version": b"HTTP/1.1"},
        )


class Body(httpx.AsyncByteStream):
    """The body's pieces as they arrive, until too little of what arrives is body."""

    def __init__(self, connection: Connection, answer: Answer) -> None:
        self._connection = connection
        self._answer = answer

    @property
    def complete(self) -> bool:
        """Whether the body has ended; False: it was given up, or not yet read."""
        return self._answer.complete

    async def __aiter__(self) -> AsyncIterator[bytes]:
        limit = FRAMING
        while True:
            for piece in self._answer.take():
                limit += len(piece)
                yield piece
            if self._answer.complete or self._connection.received > limit:
                return
            await _advance(self._connection, self._answer)

    async def aclose(self) -> None:
        """Hang up."""
        self._connection.close()


async def _reach(url: httpx.URL, route: Route) -> Connection:
    """Resolve, connect and shake hands."""
    secure = url.scheme == "https"
    port = route.port or url.port or (443 if secure else 80)
    host = url.raw_host.decode()
    addresses = await _addresses(host, port, route)
    route.trace.enter("connect")
    connection = await _connect(addresses, port, route)
    if secure:
        route.trace.enter("tls")
        try:
            await _secure(connection, route.name or host, port, route)
        except BaseException:
            connection.close()
            raise
    return connection


async def _addresses(host: str, port: int, route: Route) -> tuple[str, ...]:
    if route.address is not None:
        return (route.address,)
    route.trace.enter("resolve")
    return await lookup(host, port)


async def _connect(addresses: tuple[str, ...], port: int, route: Route) -> Connection:
    """Connect to the first address, as one user would.

    The next one is tried only where this machine has no route to the first (no
    IPv6, as on Lambda): trying on after a refusal would hide what is broken.
    """
    failure = Failure(ErrorType.NAME_NOT_RESOLVED, "the name has no address")
    for address in addresses:
        route.trace.peer_address, route.trace.peer_port = address, port
        if not route.allow_private and not allowed(address):
            detail = f"{address} is not an address of the internet"
            raise Failure(ErrorType.ADDRESS_NOT_ALLOWED, detail)
        try:
            return await _open(address, port, route)
        except Failure as error:
            failure = error
            if error.error_type is not ErrorType.HOST_UNREACHABLE:
                raise
    raise failure


async def _open(address: str, port: int, route: Route) -> Connection:
    try:
        async with asyncio.timeout(route.connect_timeout):
            return await connect(
                address, port, route.source_address, proxy_protocol=route.proxy_protocol
            )
    except TimeoutError as error:
        detail = f"no connection within {route.connect_timeout:.3g} s"
        raise Failure(ErrorType.TIMEOUT, detail) from error


async def _secure(connection: Connection, name: str, port: int, route: Route) -> None:
    context = tls.VERIFIED if route.verify else tls.UNVERIFIED
    try:
        session = await connection.start_tls(context, name)
    except Failure as failure:
        route.trace.leave()
        connection.close()
        if isinstance(failure.__cause__, ssl.SSLCertVerificationError):
            await _look_at_certificate(name, port, route)
        raise
    route.trace.certificate = tls.shown(session)


async def _look_at_certificate(name: str, port: int, route: Route) -> None:
    """Shake hands once more, without verifying, to see the certificate.

    OpenSSL forgets a chain it refused. Nothing is asked on this connection, and
    whatever happens to it, why the first one failed is still told.
    """
    address = route.trace.peer_address or ""
    left = route.ends_at - asyncio.get_running_loop().time()
    with contextlib.suppress(Failure, NotSentError, TimeoutError):
        async with asyncio.timeout(min(LOOK_SECONDS, left / 2)):
            connection = await _open(address, port, route)
            try:
                session = await connection.start_tls(tls.UNVERIFIED, name)
                route.trace.certificate = tls.shown(session)
            finally:
                connection.close()


async def _ask(connection: Connection, request: httpx.Request, trace: Trace) -> Answer:
    """Send the request and read until the headers are all here."""
    answer = Answer()
    trace.enter("processing")
    await connection.send(_written(request))
    while answer.status_code is None:
        await _advance(connection, answer)
    trace.enter("transfer")
    return answer


async def _advance(connection: Connection, answer: Answer) -> None:
    """Read once; a reset counts as an end, and the answer knows if it is early."""
    try:
        piece = await connection.receive()
    except Failure as failure:
        if failure.error_type is not ErrorType.CONNECTION_CLOSED:
            raise
        answer.end(reset=True)
        return
    if piece:
        answer.feed(piece)
    else:
        answer.end()


def _written(request: httpx.Request) -> bytes:
    """Write the request line and headers; probes send no body."""
    lines = [b"%b %b HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%b: %b" % header for header in request.headers.raw]
    return b"\r\n".join([*lines, b"", b""])
