"""Secure: what a server sends in a TLS handshake, and its certificate.

In: a recorded handshake of a server of our own. Out: the entries of the handshake's
bytes and of a certificate's. It does not: open a socket.
"""

import ssl
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, cast, override

from fuzz.entries.responses import runner
from fuzz.entry import Entry
from parallax.probe import tls
from parallax.probe.connection import Connection
from parallax.probe.failure import Failure
from parallax.probe.handshake import Handshake
from tests.parallax.probe.servers import Authority, issue


class _Received(Connection):
    """A connection whose peer has sent everything already."""

    def __init__(self, pieces: list[bytes]) -> None:
        super().__init__(cast("Any", None))
        self._pieces = pieces

    @override
    async def _send(self, message: bytes) -> None: ...

    @override
    async def _receive(self) -> bytes:
        if not self._pieces:
            return b""
        self.received += len(self._pieces[0])
        return self._pieces.pop(0)


@cache
def _authority() -> Authority:
    folder = Path(tempfile.mkdtemp(prefix="parallax-fuzz-"))
    return issue(folder / "server.pem", "a.example", "b.example")


@cache
def _flights() -> tuple[bytes, ...]:
    """Return what a server sends first, for TLS 1.3 and TLS 1.2."""
    found: list[bytes] = []
    for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
        client = Handshake(tls.UNVERIFIED, "a.example")
        client.begin()
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(_authority().path)
        context.maximum_version = version
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = context.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(client.outgoing.read())
        try:
            server.do_handshake()
        except ssl.SSLWantReadError:
            found.append(outgoing.read())
    alert = b"\x15\x03\x03\x00\x02\x02\x28"
    return (*found, alert, b"HTTP/1.1 400 Bad Request\r\n\r\n", alert * 400)


def _handshake(data: bytes) -> None:
    half = len(data) // 2
    connection = _Received([piece for piece in (data[:half], data[half:]) if piece])

    async def shake() -> None:
        session = await connection.start_tls(Handshake(tls.UNVERIFIED, "a.example"))
        tls.peer_certificate(session)
        while await connection.receive():
            pass

    runner().run(shake())


class _Peer:
    """A TLS session whose peer has shown a certificate."""

    def __init__(self, file: str) -> None:
        self._file = file

    def getpeercert(self) -> dict[str, Any]:
        """Decode it; OpenSSL's own errors come from the handshake otherwise."""
        return cast("Any", ssl)._ssl._test_decode_cert(self._file)


def _certificate(data: bytes) -> None:
    file = _authority().path.with_name("damaged.pem")
    file.write_text(ssl.DER_cert_to_PEM_cert(data))
    tls.certificate_of(tls.decoded_fields(cast("Any", _Peer(str(file)))))


def _encoded() -> list[bytes]:
    pem = _authority().path.read_text()
    start = pem.index("-----BEGIN CERTIFICATE")
    return [ssl.PEM_cert_to_DER_cert(pem[start:])]


ENTRIES = (
    Entry(name="tls-handshake", seeds=_flights, call=_handshake, allowed=(Failure,)),
    Entry(name="certificate", seeds=_encoded, call=_certificate, share=6),
)
