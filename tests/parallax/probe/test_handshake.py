"""The handshake in memory, and the certificate that it brings."""

import ssl
from pathlib import Path

import pytest

from parallax.probe import tls
from parallax.probe.handshake import Handshake
from tests.parallax.probe.servers import Authority, issue


def finished(context: ssl.SSLContext, server: Authority) -> Handshake:
    """Return a handshake that a server in memory has answered."""
    client = Handshake(context, "localhost")
    client.begin()
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    peer = server.context.wrap_bio(to_server, to_client, server_side=True)
    to_server.write(client.outgoing.read())
    with pytest.raises(ssl.SSLWantReadError):
        peer.do_handshake()
    client.incoming.write(to_client.read())
    client.tls.do_handshake()
    return client


def test_the_first_message_needs_no_peer() -> None:
    """It is a ClientHello (RFC 8446, 4.1.2) with the server's name, made only once."""
    handshake = Handshake(tls.VERIFIED, "acme.example")
    handshake.begin()
    message = handshake.outgoing.read()
    assert message[:1] == b"\x16"
    assert b"acme.example" in message
    handshake.begin()
    assert handshake.outgoing.pending == 0


def test_a_handshake_knows_when_only_the_peer_can_go_on(trusted: Authority) -> None:
    """Bytes that were not read yet, or the end, are for OpenSSL first."""
    handshake = finished(tls.VERIFIED, trusted)
    assert handshake.is_drained
    handshake.incoming.write(b"\x17")
    assert not handshake.is_drained
    with pytest.raises(ssl.SSLWantReadError):  # the start of a record
        handshake.tls.read(1)
    assert handshake.is_drained
    handshake.incoming.write_eof()
    assert not handshake.is_drained


@pytest.mark.parametrize("verified", [True, False])
def test_a_certificate_is_decoded_once(trusted: Authority, *, verified: bool) -> None:
    """The second connection returns the same value, whether it was verified or not."""
    context = tls.VERIFIED if verified else tls.UNVERIFIED
    first, second = (
        tls.peer_certificate(finished(context, trusted).tls) for _ in range(2)
    )
    assert first is second
    assert first is not None
    assert "localhost" in first.names


def test_another_certificate_is_another_value(tmp_path: Path) -> None:
    """A renewed certificate is seen in the next probe."""
    found = [
        tls.peer_certificate(
            finished(tls.UNVERIFIED, issue(tmp_path / f"{n}", "localhost")).tls
        )
        for n in range(2)
    ]
    assert found[0] is not found[1]
