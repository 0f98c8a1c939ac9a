"""Servers: what the functions reach outside AWS, on loopback, in a process of its own.

In: the number of nodes. Out: an HTTPS server for all targets, and the Hetzner API of a
project with one load balancer.
It does not: count in the processor time of the functions, or serve anything else.
"""

import asyncio
import json
import multiprocessing
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench.cost.project import project

LOOPBACK = "127.0.0.1"
BODY = b"<html><body>" + b"<p>It works.</p>" * 60 + b"</body></html>"
type Shared = Any
type Pipe = Any

HEADERS = (
    "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-cache\r\n"
    "Strict-Transport-Security: max-age=15724800\r\nX-Frame-Options: DENY\r\n"
)
FAILED = b"<html><head><title>503 Service Temporarily Unavailable</title></head></html>"


class Servers:
    """Both servers; targets with a number below `failing` respond 503."""

    def __init__(self, nodes: int) -> None:
        self._folder = TemporaryDirectory()
        folder = Path(self._folder.name)
        self.authority = folder / "certificate.pem"
        _certificate(self.authority)
        # A forked process would have the bench's clock and Moto.
        context = multiprocessing.get_context("spawn")
        self._failing: Any = context.Value("i", 0)
        self._requests: Any = context.Value("i", 0)
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve,
            args=(str(self.authority), nodes, self._failing, self._requests, theirs),
            daemon=True,
        )
        self._process.start()
        theirs.close()
        self.https_port, self.hetzner_port = self._pipe.recv()

    @property
    def requests(self) -> int:
        """How many requests the targets received so far."""
        return self._requests.value

    def fail(self, count: int) -> None:
        """Let the first targets fail, and no other."""
        self._failing.value = count

    def close(self) -> None:
        """Stop the process."""
        self._process.terminate()
        self._process.join(5)
        self._folder.cleanup()


def _serve(
    certificate: str, nodes: int, failing: Shared, requests: Shared, pipe: Pipe
) -> None:
    asyncio.run(_run(certificate, nodes, failing, requests, pipe))


async def _run(
    certificate: str, nodes: int, failing: Shared, requests: Shared, pipe: Pipe
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def target(path: str) -> bytes:
        requests.value += 1
        number = int(path.partition("?")[0].rpartition("/")[2] or 0)
        if number < failing.value:
            return _response("503 Service Temporarily Unavailable", FAILED)
        return _response("200 OK", BODY)

    lists = project(nodes)

    def hetzner(path: str) -> bytes:
        healthy = failing.value == 0
        name = urlsplit(path).path.rpartition("/")[2]
        query = parse_qs(urlsplit(path).query)
        page, size = (int(query.get(k, ["1"])[0]) for k in ("page", "per_page"))
        items = lists(name, healthy=healthy)
        last = max(1, -(-len(items) // size))
        pages = {
            "page": page,
            "per_page": size,
            "previous_page": None,
            "next_page": page + 1 if page < last else None,
            "last_page": last,
            "total_entries": len(items),
        }
        cut = items[(page - 1) * size : page * size]
        body = {name: cut, "meta": {"pagination": pages}}
        return _response("200 OK", json.dumps(body).encode(), "application/json")

    ports: list[int] = []
    for respond, secure in ((target, context), (hetzner, None)):
        server = await asyncio.start_server(
            _handler(respond), LOOPBACK, 0, ssl=secure, backlog=1024
        )
        ports.append(server.sockets[0].getsockname()[1])
    pipe.send(tuple(ports))
    # The pipe ends with the bench, even if that is killed.
    with suppress(EOFError):
        await asyncio.to_thread(pipe.recv)


def _response(status: str, body: bytes, kind: str = "") -> bytes:
    own = f"Content-Type: {kind}\r\n" if kind else HEADERS
    head = f"HTTP/1.1 {status}\r\n{own}Content-Length: {len(body)}\r\n"
    return (head + "Connection: close\r\n\r\n").encode() + body


def _handler(respond: Callable[[str], bytes]) -> Callable[[Any, Any], Any]:
    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(respond(head.split(b" ", 2)[1].decode()))
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    return handle


def _certificate(path: Path) -> None:
    """Write a self-signed certificate of the loopback address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "targets")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
