"""One request: its answer, or an error, within a time and some bytes, whoever answers.

The servers keep sending: only a limit on the whole ends it.
"""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.probe.tls import as_users_do
from parallax_agent.push.post import ANSWER_BYTES, Answer, send_post
from tests.agent.conftest import IngestServer
from tests.agent.push.endless import Serve, endless, serve

__all__ = ["serve"]
TRUST = as_users_do()


OK = b"HTTP/1.1 202 Accepted\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"),
        endless(OK, b"X: " + b"x" * 999 + b"\r\n"),
        endless(b"", b"x" * 999),
        endless(CHUNKED, b"1;" + b"e" * 999 + b"\r\nx\r\n"),
        endless(CHUNKED + b"0\r\n", b"X: " + b"x" * 999 + b"\r\n"),
    ],
    ids=["1xx", "headers", "status line", "chunk extensions", "trailers"],
)
def test_a_response_that_never_ends_is_an_error_or_cut(
    serve: Serve, pieces: Iterator[bytes]
) -> None:
    """The limit covers all parts of a response together."""
    with suppress(httpx.HTTPError, TimeoutError):
        answer = send_post(serve(pieces), b"{}", {}, TRUST, 0.5)
        assert len(answer.body) <= ANSWER_BYTES


def test_a_body_without_an_end_is_read_to_its_limit(serve: Serve) -> None:
    """The status is returned all the same."""
    answer = send_post(serve(endless(OK + b"\r\n", b"x" * 999)), b"{}", {}, TRUST, 30)
    assert (answer.status_code, len(answer.body)) == (202, ANSWER_BYTES)


def test_a_server_that_stalls_is_an_error(serve: Serve) -> None:
    """Half of a response, then nothing: the request times out."""
    released = threading.Event()

    def stall() -> Iterator[bytes]:
        yield OK
        released.wait(10)

    with pytest.raises((TimeoutError, httpx.TimeoutException)):
        send_post(serve(stall()), b"{}", {}, TRUST, 0.2)
    released.set()


def test_a_name_lookup_that_hangs_times_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The push does not wait for the system's resolver."""
    released, ended = threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> None:
        released.wait(10)
        ended.set()
        raise OSError("no answer")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with pytest.raises((TimeoutError, httpx.TimeoutException)):
        send_post("http://ingest.invalid/", b"{}", {}, TRUST, 0.2)
    assert not ended.is_set()
    released.set()
    assert ended.wait(10)


def test_a_name_that_is_not_resolved_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is a connection error with the resolver's message."""

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(httpx.ConnectError, match="Name or service not known"):
        send_post("http://ingest.invalid/", b"{}", {}, TRUST, 30)


def test_each_address_of_a_name_is_tried(
    ingest: IngestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first address of a name may refuse the connection."""
    entries = [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 0, 0, 0)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
    ingest.answers = [503]
    url = ingest.url.replace("127.0.0.1", "ingest.invalid")
    packed = gzip.compress(b"{}")
    answer = send_post(url, packed, {"Content-Encoding": "gzip"}, TRUST, 30)
    assert answer == Answer(503, b"as planned")


def test_a_compressed_response_is_not_decompressed(serve: Serve) -> None:
    """A zip bomb of a proxy stays small."""
    bomb = gzip.compress(b"x" * 10_000_000)
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    answer = send_post(serve(iter([head + bomb])), b"{}", {}, TRUST, 30)
    assert answer.body == bomb


def test_a_response_is_complete(ingest: IngestServer) -> None:
    """Status and body, of an ordinary server."""
    ingest.answers = [503]
    url, body = f"{ingest.url}/v1/observations", gzip.compress(b"{}")
    answer = send_post(url, body, {"Content-Encoding": "gzip"}, TRUST, 30)
    assert answer == Answer(503, b"as planned")


@given(st.binary())
def test_a_log_line_shows_the_beginning_on_one_line(body: bytes) -> None:
    """No response can control a terminal."""
    shown = Answer(500, body * 99).shown
    assert len(shown) <= 500
    assert shown.isprintable() or not set(shown) & set(map(chr, range(0x20)))


numbers = st.integers() | st.floats() | st.text() | st.none()


@given(st.dictionaries(st.sampled_from(["refused", "x"]), numbers) | numbers)
def test_a_number_is_a_number(value: object) -> None:
    """From any JSON; 0 if there is none."""
    found = Answer(202, json.dumps(value).encode()).number("refused")
    assert isinstance(found, float)


@pytest.mark.parametrize("body", [b"[" * 100_000, b"", b"\xff", b'{"refused":1'])
def test_invalid_json_has_no_number(body: bytes) -> None:
    """Nested too deeply, empty, not text, cut short."""
    assert Answer(202, body).number("refused") == 0
