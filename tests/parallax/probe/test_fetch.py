"""One probe against every way a network can fail it, on real sockets."""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from parallax import __version__
from parallax.model.probe import ErrorType, Probe
from parallax.model.target import Healthy
from parallax.model.wire import YEARS
from parallax.probe import INSIDE, USER_AGENT, NotSentError, fetch, received
from parallax.probe import transport as transport_module
from parallax.probe.failure import from_os
from parallax.probe.redact import redact
from parallax.probe.tls import certificate_of
from parallax.probe.transport import FRAMING
from tests.parallax.probe.hostile import (
    FLOODS,
    HEAD,
    HELLO_REQUEST,
    Flood,
    flooding,
    mute,
)
from tests.parallax.probe.servers import (
    Authority,
    Handler,
    answering,
    issue,
    question,
    serving,
)

PAGE = (
    b"HTTP/1.1 503 Backend fetch failed\r\nx-OddCase: Yes\r\n"
    b"Content-Length: 4\r\n\r\nGuru"
)


def ask(
    handler: Handler, context: ssl.SSLContext | None = None, **changes: object
) -> Probe:
    """Ask a server with this handler once."""

    async def run() -> Probe:
        """Ask within one event loop."""
        async with serving(handler, context) as port:
            scheme = "https" if context else "http"
            return await fetch(question(port, scheme, **changes))

    return asyncio.run(run())


def test_a_healthy_response_is_recorded_in_full(trusted: Authority) -> None:
    """Phases, peer, certificate, status, reason, headers and body are all there."""
    page = b"HTTP/1.1 200 Fine\r\nServer: x\r\nContent-Length: 2\r\n\r\nok"
    probe = ask(answering(page), trusted.context)
    assert probe.healthy
    assert (probe.status_code, probe.reason, probe.body) == (200, "Fine", "ok")
    assert probe.peer_address == "127.0.0.1"
    assert probe.certificate is not None
    assert "localhost" in probe.certificate.names
    assert probe.certificate.subject == "O=Acme, CN=localhost"
    phases = probe.phases
    for seconds in (phases.connect, phases.tls, phases.processing, phases.transfer):
        assert seconds is not None
        assert 0 < seconds < probe.duration


def test_reason_header_case_and_body_are_kept() -> None:
    """Whatever distinguishes servers is unchanged from the wire."""
    probe = ask(answering(PAGE))
    assert not probe.healthy
    assert probe.error_type is None
    assert probe.reason == "Backend fetch failed"
    assert probe.headers[0] == ("x-OddCase", "Yes")
    assert (probe.body, probe.body_bytes) == ("Guru", 4)


def test_the_request_has_a_user_agent_and_its_id() -> None:
    """An own request id, an honest User-Agent, the URL's Host."""
    seen: list[bytes] = []

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(PAGE)

    async def run() -> Probe:
        """Ask within one event loop."""
        async with serving(handle) as port:
            return await fetch(
                question(
                    port,
                    url="http://example.test:8080/a?b=c",
                    address="127.0.0.1",
                    port=port,
                    headers=(("X-A", "b"),),
                )
            )

    probe = asyncio.run(run())
    head = seen[0].decode()
    assert head.startswith("GET /a?b=c HTTP/1.1\r\nHost: example.test:8080\r\n")
    assert f"X-Request-ID: {probe.request_id}\r\n" in head
    assert f"User-Agent: Parallax/{__version__}\r\n" in head
    assert "X-A: b\r\n" in head
    assert probe.server_address == "example.test"
    assert probe.phases.resolve is None


def test_the_user_agent_can_be_set() -> None:
    """An agent's mark follows the usual User-Agent, in the same header."""
    seen: list[bytes] = []

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(PAGE)

    assert ask(handle, user_agent=f"{USER_AGENT}{INSIDE}").status_code is not None
    user_agents = [x for x in seen[0].split(b"\r\n") if x.startswith(b"User-Agent:")]
    assert user_agents == [f"User-Agent: Parallax/{__version__}+agent".encode()]


FAULTS = {
    "closed": (answering(), ErrorType.CONNECTION_CLOSED, "processing"),
    "reset": (answering(reset=True), ErrorType.CONNECTION_CLOSED, "processing"),
    "garbage": (
        answering(b"SSH-2.0-OpenSSH_9.2\r\n"),
        ErrorType.INVALID_RESPONSE,
        "processing",
    ),
    "cut-headers": (
        answering(b"HTTP/1.1 200 OK\r\nServer:"),
        ErrorType.INVALID_RESPONSE,
        "processing",
    ),
    "endless-headers": (
        answering(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000),
        ErrorType.INVALID_RESPONSE,
        "processing",
    ),
    "truncated": (
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        ErrorType.BODY_INCOMPLETE,
        "transfer",
    ),
    "truncated-chunks": (
        answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
        ErrorType.BODY_INCOMPLETE,
        "transfer",
    ),
    "bad-chunk": (
        answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        ErrorType.INVALID_RESPONSE,
        "processing",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_broken_answer_is_named(fault: str) -> None:
    """Each way to break an answer has its own type and phase, and no health."""
    handler, error_type, phase = FAULTS[fault]
    probe = ask(handler)
    assert (probe.error_type, probe.error_phase) == (error_type, phase)
    assert not probe.healthy
    assert probe.error_detail


def test_what_came_before_a_cut_is_kept() -> None:
    """Status and partial body show which server responded."""
    probe = ask(FAULTS["truncated"][0])
    assert (probe.status_code, probe.body, probe.body_bytes) == (200, "half", 4)


def test_the_first_bytes_of_another_protocol_are_quoted() -> None:
    """Bytes that are not HTTP stand in the detail: they name the wrong port."""
    assert "SSH-2.0" in (ask(FAULTS["garbage"][0]).error_detail or "")


def test_a_refused_connection() -> None:
    """A port without a listener: refused, in the connect phase."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        probe = asyncio.run(fetch(question(free.getsockname()[1])))
    assert probe.error_type is ErrorType.CONNECTION_REFUSED
    assert (probe.error_phase, probe.error_detail) == ("connect", "Connection refused")
    assert probe.phases.tls is None


@pytest.mark.parametrize(
    ("limits", "detail"),
    [
        ({"timeout": 0.5}, "no complete response within 0.5 s"),
        ({"timeout": 30.0, "connect_timeout": 0.5}, "no connection within 0.5 s"),
    ],
)
def test_a_connection_that_is_not_accepted_times_out(
    limits: dict[str, Any], detail: str
) -> None:
    """A listening socket with a full queue behaves as a firewall that drops."""
    with socket.socket() as full, socket.socket() as one, socket.socket() as two:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (one, two):
            waiting.setblocking(False)  # noqa: FBT003 - the standard library's signature
            waiting.connect_ex(full.getsockname())
        probe = asyncio.run(fetch(question(full.getsockname()[1], **limits)))
    assert (probe.error_type, probe.error_phase) == (ErrorType.TIMEOUT, "connect")
    assert probe.error_detail == detail
    assert probe.phases.connect is not None
    assert probe.phases.tls is None


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Read and never answer."""
    await reader.read()


async def slow_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with half a body and wait."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
    await reader.read()


@pytest.mark.parametrize(
    ("handler", "phase", "code"),
    [(silent, "processing", None), (slow_body, "transfer", 200)],
)
def test_silence_times_out_in_its_phase(
    handler: Handler, phase: str, code: int | None
) -> None:
    """One deadline for all; the phase shows where the time went."""
    probe = ask(handler, timeout=1.5, connect_timeout=1.0)
    assert (probe.error_type, probe.error_phase) == (ErrorType.TIMEOUT, phase)
    assert probe.duration >= 1.5
    assert probe.status_code == code


def test_a_tls_handshake_without_a_response_times_out() -> None:
    """A plain server that waits: the TLS phase takes the blame."""

    async def run() -> Probe:
        """Ask within one event loop."""
        async with serving(silent) as port:
            return await fetch(question(port, "https", timeout=1.5))

    probe = asyncio.run(run())
    assert (probe.error_type, probe.error_phase) == (ErrorType.TIMEOUT, "tls")


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the ClientHello and close without a byte, as a TCP balancer does."""
    await reader.read(10_000)
    writer.close()


async def speak_plain(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer TLS with plain HTTP."""
    await reader.read(10_000)
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize(
    ("handler", "error_type"),
    [(hang_up, ErrorType.CONNECTION_CLOSED), (speak_plain, ErrorType.TLS)],
)
def test_a_broken_handshake_is_named(handler: Handler, error_type: ErrorType) -> None:
    """Closed without a byte is not the same as an answer that is not TLS."""

    async def run() -> Probe:
        """Ask within one event loop."""
        async with serving(handler) as port:
            return await fetch(question(port, "https"))

    probe = asyncio.run(run())
    assert (probe.error_type, probe.error_phase) == (error_type, "tls")


def test_a_certificate_that_does_not_verify_is_shown(expired: Authority) -> None:
    """The error states it; the probe has the certificate and its expiry."""
    probe = ask(answering(PAGE), expired.context)
    assert (probe.error_type, probe.error_phase) == (ErrorType.TLS, "tls")
    assert "certificate verification failed" in (probe.error_detail or "")
    assert probe.certificate is not None
    assert probe.certificate.not_after < probe.started_at
    assert probe.certificate.not_before
    assert (probe.certificate.not_after - probe.certificate.not_before).days == 60
    assert probe.status_code is None


def test_a_certificate_need_not_keep_rfc_5280_to_the_letter(
    trusted: Authority, tmp_path: Path
) -> None:
    """A private authority's without key identifiers: browsers and curl take it."""
    plain = issue(tmp_path / "plain.pem", "127.0.0.1", "localhost", by=trusted)
    assert ask(answering(PAGE), plain.context).status_code == 503


def test_a_certificate_without_an_end_ends_in_the_last_year_there_is(
    trusted: Authority, tmp_path: Path
) -> None:
    """A device's own, until 9999: no push is refused for it, no reckoning overflows."""
    path = tmp_path / "endless.pem"
    endless = issue(path, "127.0.0.1", "localhost", days=2_000_000, by=trusted)
    probe = ask(answering(PAGE), endless.context)
    assert probe.certificate
    assert probe.certificate.not_after.year == YEARS[-1]


@pytest.mark.parametrize("begin", ["", "yesterday", "Jan  1 00:00:00 1950 GMT"])
def test_a_begin_that_the_model_has_no_date_for_is_unknown(begin: str) -> None:
    """The certificate is kept; its end decides whether it verifies."""
    end = "Jan  1 00:00:00 2030 GMT"
    read = certificate_of({"notBefore": begin, "notAfter": end})
    assert read
    assert read.not_before is None
    assert read.not_after.year == 2030


def test_a_certificate_s_names_are_texts(trusted: Authority, tmp_path: Path) -> None:
    """A directory name comes as parts: it would make the stored run unreadable."""
    person = x509.DirectoryName(
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "somebody")])
    )
    path = tmp_path / "directory.pem"
    odd = issue(path, "127.0.0.1", "localhost", by=trusted, also=(person,))
    probe = ask(answering(PAGE), odd.context)
    assert probe.certificate
    assert probe.certificate.names == ("127.0.0.1", "localhost")


@pytest.mark.parametrize("serve", [mute, Flood(b"", HELLO_REQUEST, reads=b"").serve])
def test_a_second_handshake_without_an_end_leaves_the_first_one_s_error(
    serve: Callable[[socket.socket], None], expired: Authority
) -> None:
    """The certificate stays unknown; the first handshake's error is still reported."""
    asked: list[int] = []

    def once(connection: socket.socket) -> None:
        """Show the expired certificate to the first who comes."""
        asked.append(connection.fileno())
        if len(asked) > 1:
            serve(connection)
        else:
            expired.context.wrap_socket(connection, server_side=True).close()

    with flooding(once) as port:
        probe = asyncio.run(fetch(question(port, "https", timeout=1.0)))
    assert (probe.error_type, probe.error_phase) == (ErrorType.TLS, "tls")
    assert "certificate verification failed" in (probe.error_detail or "")
    assert (len(asked), probe.certificate) == (2, None)


def test_an_unverified_question_takes_any_certificate(expired: Authority) -> None:
    """No certificate matches an unknown host; the request is sent all the same."""
    probe = ask(answering(PAGE), expired.context, verify=False, host="x.invalid")
    assert (probe.status_code, probe.server_address) == (503, "x.invalid")
    assert probe.certificate is not None


def test_the_host_goes_into_sni_and_host_header(trusted: Authority) -> None:
    """Direct probes send the target's name, wherever they connect."""
    names: list[str | None] = []
    heads: list[bytes] = []

    def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        """Record the request."""
        names.append(name)

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(PAGE)

    trusted.context.sni_callback = note  # type: ignore[assignment] - typeshed wants a socket
    try:
        probe = ask(handle, trusted.context, host="localhost")
    finally:
        trusted.context.sni_callback = None
    assert probe.status_code == 503
    assert names == ["localhost"]
    assert b"\r\nHost: localhost" in heads[0]


def test_a_body_is_bounded_while_it_is_counted() -> None:
    """64 KiB are kept, all of it is counted."""
    size = 300_000
    page = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"a" * size
    probe = ask(answering(page))
    assert probe.healthy
    assert len(probe.body) == 65536
    assert (probe.body_bytes, probe.body_truncated) == (size, True)


def test_an_endless_body_is_hung_up_on() -> None:
    """After some megabytes the count is of no use; that is not an error."""

    async def handle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection."""
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"a" * 65536)
            await writer.drain()

    probe = ask(handle)
    assert probe.healthy
    assert probe.body_truncated


def test_a_body_of_more_framing_than_text_is_given_up() -> None:
    """One byte a chunk, without an end: what has come is kept, as of a long body."""
    flood = Flood(HEAD, b"1\r\na\r\n")
    with flooding(flood.serve) as port:
        probe = asyncio.run(fetch(question(port)))
    assert (probe.healthy, probe.error_type) == (True, None)
    assert probe.body_truncated
    assert 0 < probe.body_bytes < FRAMING
    assert flood.sent < 16 * FRAMING


def test_a_few_bytes_of_an_endless_frame_are_taken_in() -> None:
    """The server gets rid of what the sockets hold, and no more."""
    flood = Flood(*FLOODS["in the trailer"])
    with flooding(flood.serve) as port:
        probe = asyncio.run(fetch(question(port)))
    assert (probe.status_code, probe.body) == (200, "ok")
    assert probe.error_type is ErrorType.INVALID_RESPONSE
    assert flood.sent < 16 * FRAMING


def test_texts_of_the_peer_are_bounded() -> None:
    """Reason phrase, quoted bytes and headers keep their beginning, in order."""
    reason, header = b"r" * 9000, b"X-Long: %b\r\n" % (b"h" * 15_000)
    empty = b"A:\r\n" * 9000
    page = b"HTTP/1.1 200 %b\r\n%bServer: x\r\n%b\r\n" % (reason, header, empty)
    probe = ask(answering(page))
    assert len((probe.reason or "").encode()) == 256
    assert [len(value) for _, value in probe.headers[:2]] == [15_000, 1]
    assert len(probe.headers) < 300


def test_a_body_that_ends_with_the_connection_is_complete() -> None:
    """HTTP/1.0 style bodies have no length."""
    probe = ask(answering(b"HTTP/1.0 200 OK\r\n\r\nall of it"))
    assert (probe.healthy, probe.body) == (True, "all of it")


def test_a_reset_is_never_the_end_of_a_body() -> None:
    """A body without length that ends in a reset is incomplete."""
    probe = ask(answering(b"HTTP/1.1 200 OK\r\n\r\nhalf", reset=True))
    assert probe.error_type in {ErrorType.BODY_INCOMPLETE, ErrorType.CONNECTION_CLOSED}


def test_the_target_s_own_text_decides() -> None:
    """A 200 without the wanted text is not healthy."""
    page = b"HTTP/1.1 200 OK\r\n\r\nLogin"
    assert ask(answering(page), healthy=Healthy(body_contains="Login")).healthy
    assert not ask(answering(page), healthy=Healthy(body_contains="Cart")).healthy


def test_redirects_are_not_followed() -> None:
    """A redirect is an answer like any other."""
    page = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"
    assert ask(answering(page)).status_code == 302


def test_secrets_in_headers_are_gone() -> None:
    """A cookie keeps its name only."""
    page = b"HTTP/1.1 200 OK\r\nSet-Cookie: SRV=s3cret; Path=/\r\n\r\n"
    assert ("Set-Cookie", "SRV=[redacted]") in ask(answering(page)).headers


def test_a_head_of_64_kb_is_redacted_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 32 KB of headers and reason phrase are redacted."""
    read: list[str] = []

    def noted_headers(
        headers: Iterable[tuple[str, str]],
    ) -> tuple[tuple[str, str], ...]:
        given = tuple(headers)
        read.extend(value for _, value in given)
        return redact(given)

    def noted_reason(text: str) -> str:
        read.append(text)
        return text

    module = received
    monkeypatch.setattr(module, "redact", noted_headers)
    monkeypatch.setattr(module, "without_secrets", noted_reason)
    for head in (
        b"%b\r\n" % (b"r" * 60_000),
        b"OK\r\n" + b"X: %b\r\n" % (b"h" * 999) * 60,
    ):
        probe = ask(answering(b"HTTP/1.1 200 " + head + b"Server: x\r\n\r\n"))
        assert probe.status_code == 200
        assert 0 < sum(map(len, read)) <= 32 * 1024
        read.clear()


def test_secrets_in_a_reason_phrase_are_gone() -> None:
    """The rest of it stays: it distinguishes servers."""
    page = b"HTTP/1.1 401 Denied token=s3cret0000\r\nContent-Length: 0\r\n\r\n"
    assert ask(answering(page)).reason == "Denied token=[redacted]"


def test_secrets_in_what_is_no_answer_are_gone() -> None:
    """The first bytes identify the protocol, and may be a header with a secret."""
    probe = ask(answering(b"Set-Cookie: a=s3cret; b=s3cret\r\n\r\n"))
    assert probe.error_type is ErrorType.INVALID_RESPONSE
    assert probe.error_detail is not None
    assert "the first bytes were b'Set-Cookie: [redacted]" in probe.error_detail
    assert "s3cret" not in probe.error_detail


def test_a_private_address_is_refused_before_a_byte_is_sent() -> None:
    """Nobody even connects."""
    seen: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        seen.append(await reader.read(1))

    probe = ask(handle, allow_private=False)
    assert probe.error_type is ErrorType.ADDRESS_NOT_ALLOWED
    assert not seen


def test_a_name_that_leads_home_is_refused() -> None:
    """What counts is the address that a name has, not the name."""
    probe = asyncio.run(
        fetch(question(80, url="http://localhost/", allow_private=False))
    )
    assert probe.error_type is ErrorType.ADDRESS_NOT_ALLOWED
    assert probe.phases.resolve is not None


def test_a_name_that_has_no_address() -> None:
    """The resolve phase fails (a label over 63 bytes is never sent to a server)."""
    probe = asyncio.run(fetch(question(80, url=f"http://{'x' * 64}.invalid/")))
    assert probe.error_type is ErrorType.NAME_NOT_RESOLVED
    assert probe.error_phase == "resolve"


def test_a_defect_of_our_own_becomes_an_error_of_the_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A probe answers, always."""

    async def broken(*_: object) -> None:
        """Fail as a defect of ours would."""
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(transport_module, "_reach", broken)
    probe = asyncio.run(fetch(question(1)))
    assert (probe.error_type, probe.error_detail) == (
        ErrorType.OTHER,
        "ZeroDivisionError: oops",
    )


def test_a_url_that_is_none_becomes_an_error_of_the_probe() -> None:
    """Even nonsense gives a probe."""
    probe = asyncio.run(fetch(question(1, url="http://a:b:c/")))
    assert probe.error_type is ErrorType.OTHER


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS])
def test_a_machine_without_resources_blames_no_target(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No socket could be opened: there is no probe, since nothing was sent."""

    async def broken(*_: object) -> None:
        """Fail as socket(2) does."""
        raise from_os(OSError(code, "none left"))

    monkeypatch.setattr(transport_module, "_reach", broken)
    with pytest.raises(NotSentError, match=os.strerror(code)):
        asyncio.run(fetch(question(1)))


def test_the_transport_serves_httpx_s_own_client() -> None:
    """It is a true httpx transport: body, reason and headers arrive."""

    async def run() -> httpx.Response:
        """Ask within one event loop."""
        async with (
            serving(answering(PAGE)) as port,
            httpx.AsyncClient(transport=transport_module.FreshTransport()) as client,
        ):
            route = transport_module.Route(allow_private=True)
            return await client.get(
                f"http://127.0.0.1:{port}/", extensions={"route": route}
            )

    response = asyncio.run(run())
    assert (response.status_code, response.reason_phrase, response.text) == (
        503,
        "Backend fetch failed",
        "Guru",
    )
