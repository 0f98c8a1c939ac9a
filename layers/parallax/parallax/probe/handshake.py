"""Handshake: TLS in memory, begun before there is a connection.

In: a context, and the name of the server. Out: bytes for the peer, and its answers.
It does not: send or receive them; `parallax.probe.connection` does.
"""

import contextlib
import ssl


class Handshake:
    """The client's side of a TLS session between two buffers.

    The first message needs nothing of the peer. Its keys take a tenth of the time of a
    handshake, which would count as the peer's if it was made after the connection.
    """

    def __init__(self, context: ssl.SSLContext, name: str) -> None:
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=name)

    def begin(self) -> None:
        """Write the first message into `outgoing`; an error is met again later."""
        with contextlib.suppress(ssl.SSLError):  # it wants the peer's answer
            self.tls.do_handshake()

    @property
    def is_drained(self) -> bool:
        """Whether only more bytes of the peer can give data."""
        incoming = self.incoming
        return not (incoming.pending or incoming.eof or self.tls.pending())
