"""Real servers on loopback for the tests of the probe: one fault each.

In: what a server shall do. Out: its port, while the test runs.
It does not: stand for a load balancer or an ingress; the lab has real ones.
"""

import asyncio
import contextlib
import datetime as dt
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from parallax.model.probe import Probe, Role
from parallax.model.target import Healthy
from parallax.probe import ProbeRequest

type Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Authority:
    """A certificate on disk, and a server's context with it."""

    path: Path
    context: ssl.SSLContext


def issue(
    path: Path,
    *names: str,
    days: int = 30,
    by: Authority | None = None,
    also: tuple[x509.GeneralName, ...] = (),
) -> Authority:
    """Write a certificate for these names; days may lie behind us.

    Self-signed, or by another: then without the key identifiers that RFC 5280 asks for,
    as many companies' own authorities are.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Acme"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0]),
        ]
    )
    now = dt.datetime.now(dt.UTC)
    ends = now + dt.timedelta(days=days)
    issuer, signer = _signing(by) if by else (subject, key)
    alternative: list[x509.GeneralName] = [
        x509.IPAddress(ip_address(n)) if n[0].isdigit() else x509.DNSName(n)
        for n in names
    ] + list(also)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(ends, now) - dt.timedelta(days=60))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName(alternative), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + pem
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return Authority(path, context)


def _signing(by: Authority) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
    pem = by.path.read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(pem).subject, key


@asynccontextmanager
async def serving(
    handler: Handler, context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Serve on a free port of loopback, yield the port."""
    ongoing: set[asyncio.Task[None]] = set()

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        task = asyncio.current_task()
        assert task is not None
        ongoing.add(task)
        try:
            with contextlib.suppress(
                ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
            ):
                await handler(reader, writer)
        finally:
            ongoing.discard(task)
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(ongoing):
            task.cancel()


def answering(*pieces: bytes, reset: bool = False) -> Handler:
    """Return a handler that reads the request, writes the pieces, and closes."""

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if reset:
            linger = struct.pack("ii", 1, 0)  # close(2) then sends a reset
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    return handle


def question(server_port: int, scheme: str = "http", **changes: object) -> ProbeRequest:
    """Return a question for a server on loopback."""
    fields: dict[str, object] = {
        "role": Role.FIRST,
        "url": f"{scheme}://127.0.0.1:{server_port}/",
        "healthy": Healthy(),
        "allow_private": True,
        "timeout": 5.0,
    }
    return ProbeRequest(**(fields | changes))  # type: ignore[arg-type]


def answered(code: int | None, **changes: object) -> Probe:
    """Return a first probe with this status, or with an error among the changes."""
    fields: dict[str, object] = {
        "role": Role.FIRST,
        "request_id": "0" * 32,
        "url": "http://localhost/",
        "started_at": dt.datetime.now(dt.UTC),
        "healthy": False,
        "duration": 0.1,
        "status_code": code,
    }
    return Probe(**(fields | changes))  # type: ignore[arg-type]
