"""A hostile server, certificate or resolver costs its own probe, and no more."""

import asyncio
import gzip
import ssl
from pathlib import Path

import dns.flags
import dns.message
import dns.name
import dns.rrset
import pytest

from parallax.evidence.redirects import leads_back
from parallax.model.probe import ErrorType, Probe, ProbeRun
from parallax.model.target import Target
from parallax.probe import Plan, Uses, watch
from parallax.probe.fetch import fetch
from parallax.probe.name_query import Terms, query_server
from tests.parallax.probe.running import GOOD, running
from tests.parallax.probe.servers import (
    Authority,
    Handler,
    answering,
    issue,
    question,
    serving,
)

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(50 * 1024**2))
CUTS = {
    "at once": b"",
    "in the status line": b"HTTP/1.1 20",
    "in a header": OK + b"X-A: b",
    "before the body": OK + b"Content-Length: 9\r\n\r\n",
    "in the body": OK + b"Content-Length: 9\r\n\r\nhalf",
    "in a chunk's size": CHUNKED + b"5",
    "in a chunk": CHUNKED + b"5\r\nhe",
    "in the trailer": CHUNKED + b"2\r\nok\r\n0\r\nX-A: b",
}
SMUGGLED = {
    "both lengths": OK
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
    "a negative length": OK + b"Content-Length: -1\r\n\r\nok",
    "a length of 30 digits": OK + b"Content-Length: " + b"9" * 30 + b"\r\n\r\nok",
    "a folded header": OK + b"X-A: b\r\n c\r\nContent-Length: 2\r\n\r\nok",
    "a NUL": OK + b"X-A: b\x00c\r\nContent-Length: 2\r\n\r\nok",
    "a bare CR": OK + b"X-A: b\rX-B: c\r\nContent-Length: 2\r\n\r\nok",
    "a space before the colon": OK + b"Content-Length : 2\r\n\r\nok",
    "a chunk of 2^64": CHUNKED + b"1" + b"0" * 16 + b"\r\nok",
    "a negative chunk": CHUNKED + b"-2\r\nok\r\n0\r\n\r\n",
    "status 99": b"HTTP/1.1 99 Low\r\n\r\n",
    "status 1000": b"HTTP/1.1 1000 High\r\n\r\n",
    "an upgrade": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\nPRI *",
}
LOCATIONS = (
    b"//169.254.169.254/", b"http://[::1", b"file:///etc/passwd", b"\\\\a\\b", b"",
    b"http://a@b:c/", b"javascript:alert(1)", b"http://" + b"a" * 8000, b"\xff\xfe",
    b"?" + b"%0d%0a" * 50,
)  # fmt: skip


def probe_of(
    handler: Handler, tls: Authority | None = None, **changes: object
) -> Probe:
    """Probe a server once."""

    async def run() -> Probe:
        async with serving(handler, tls.context if tls else None) as port:
            scheme = "https" if tls else "http"
            return await fetch(question(port, scheme, **changes))

    return asyncio.run(run())


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("reset", [False, True])
def test_an_end_at_any_point_is_the_server_s(cut: str, *, reset: bool) -> None:
    """Closed or reset: a failure of the connection or the response, never of ours."""
    probe = probe_of(answering(CUTS[cut], reset=reset))
    assert not probe.healthy
    assert probe.error_type in {
        ErrorType.CONNECTION_CLOSED,
        ErrorType.INVALID_RESPONSE,
        ErrorType.BODY_INCOMPLETE,
    }


@pytest.mark.parametrize("trick", SMUGGLED)
def test_an_ambiguous_response_is_invalid_or_read_one_way(trick: str) -> None:
    """Nothing behind it is taken for a second response, and no defect is ours."""
    more = b"HTTP/1.1 503 Smuggled\r\n\r\n"
    probe = probe_of(answering(SMUGGLED[trick] + more))
    assert probe.error_type in {
        None,
        ErrorType.INVALID_RESPONSE,
        ErrorType.BODY_INCOMPLETE,
    }
    assert probe.status_code != 503


def test_a_compressed_bomb_is_never_unpacked() -> None:
    """The probe requests plain bytes, and counts those that came."""
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB)
    probe = probe_of(answering(head + BOMB))
    assert probe.body_bytes == len(BOMB)
    assert len(probe.body) <= 64 * 1024


@pytest.mark.parametrize("location", LOCATIONS)
def test_an_odd_redirect_is_only_recorded(location: bytes) -> None:
    """One request, to the server that answered; the header is kept within its bound."""
    asked: list[bytes] = []

    async def redirect(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n")
        writer.write(b"Location: " + location + b"\r\n\r\n")

    probe = probe_of(redirect)
    assert (len(asked), probe.status_code) == (1, 302)
    assert leads_back(probe) in {True, False}  # judging it raises nothing
    assert sum(len(name) + len(value) for name, value in probe.headers) < 17_000


def test_a_certificate_whose_name_is_no_text_is_the_server_s(tmp_path: Path) -> None:
    """OpenSSL takes bytes that are not UTF-8; the probe shows no certificate then."""
    pem = issue(tmp_path / "s.pem", "localhost").path.read_text()
    start = pem.index("-----BEGIN CERTIFICATE")
    before, name, after = ssl.PEM_cert_to_DER_cert(pem[start:]).rpartition(b"localhost")
    damaged = before + b"\xff" * len(name) + after  # the alternative name comes last
    path = tmp_path / "damaged.pem"
    path.write_text(pem[:start] + ssl.DER_cert_to_PEM_cert(damaged))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = Authority(path, context)
    refused = probe_of(answering(OK + b"\r\n"), server)
    assert (refused.error_type, refused.certificate) == (ErrorType.TLS, None)
    taken = probe_of(answering(OK + b"\r\n"), server, verify=False)
    assert (taken.status_code, taken.certificate) == (200, None)


def test_a_chain_of_hundreds_of_certificates_ends_the_handshake(
    tmp_path: Path,
) -> None:
    """OpenSSL refuses more than 100 KiB of them."""
    pem = issue(tmp_path / "s.pem", "localhost").path.read_text()
    start = pem.index("-----BEGIN CERTIFICATE")
    path = tmp_path / "long.pem"
    path.write_text(pem + pem[start:] * 400)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    probe = probe_of(answering(OK + b"\r\n"), Authority(path, context), verify=False)
    assert probe.error_type is ErrorType.TLS


class Liar(asyncio.DatagramProtocol):
    """A name server that answers another question, or asks for TCP."""

    def __init__(self, *, truncates: bool) -> None:
        self.truncates = truncates
        self.asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer the question of somebody else."""
        self.asked += 1
        query = dns.message.from_wire(data)
        if not self.truncates:
            other = dns.message.make_query("other.example", "A", id=query.id)
            response = dns.message.make_response(other)
            response.answer.append(
                dns.rrset.from_text("other.example.", 60, "IN", "A", "203.0.113.66")
            )
        else:
            response = dns.message.make_response(query)
            response.flags |= dns.flags.TC
        assert isinstance(self.transport, asyncio.DatagramTransport)
        self.transport.sendto(response.to_wire(), addr)


@pytest.mark.parametrize("truncates", [False, True])
def test_a_resolver_that_lies_or_hangs_over_tcp_has_an_error(
    *, truncates: bool
) -> None:
    """Two questions for each family at most; no address of another name is taken."""

    async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async def run() -> tuple[Liar, tuple[str, ...], str | None]:
        loop = asyncio.get_running_loop()
        async with serving(hang) as port:
            liar = Liar(truncates=truncates)
            transport, _ = await loop.create_datagram_endpoint(
                lambda: liar, local_addr=("127.0.0.1", port)
            )
            name = dns.name.from_text("www.example")
            answer = await query_server(
                name, "127.0.0.1", Terms(seconds=0.3, port=port, allow_private=True)
            )
            transport.close()
            return liar, answer.addresses, answer.error_type

    liar, addresses, error = asyncio.run(run())
    assert (addresses, error) == ((), "timeout" if truncates else "badresponse")
    assert liar.asked <= 4


def test_every_trick_at_once_costs_no_other_target_of_the_shard() -> None:
    """Many good targets, and one of each hostile kind: all good ones are healthy."""
    answers = (*CUTS.values(), *SMUGGLED.values(), OK + b"X-A: " + b"b" * 70_000)
    with running(GOOD, *map(answering, answers)) as (good, *bad):
        ports = [*((f"bad-{n}", port) for n, port in enumerate(bad)),
                 *((f"good-{n}", good) for n in range(40))]  # fmt: skip
        targets = [
            Target(
                name=name,
                url=f"http://127.0.0.1:{port}/",
                allow_private_addresses=True,
                timeout_seconds=5.0,
            )
            for name, port in ports
        ]
        runs: list[ProbeRun] = []
        plan = Plan(repeats=1, interval=0.0, seconds=5.0, shortest=0.05, resolvers=())
        uses = Uses(balancer_ips=lambda _: (), record=runs.append)
        watch(targets, uses, plan=plan)
    healthy = {run.target for run in runs if run.first.healthy}
    assert {name for name, _ in ports if name.startswith("good")} <= healthy
    assert {run.target for run in runs} == {name for name, _ in ports}
