"""The reading of `curl -si` output, whatever is in it."""

import gzip
import zlib
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.cli.transcript import NotAResponse, Transcript, read_transcripts


def last(printed: bytes) -> Transcript:
    """Return the last response in a transcript."""
    return read_transcripts(printed)[-1]


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_bytes_are_read_or_refused(printed: bytes) -> None:
    """Nothing but `NotAResponse` ever comes out of garbage."""
    with suppress(NotAResponse):
        assert isinstance(last(printed), Transcript)


@settings(deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=100))
def test_bytes_after_a_status_line_are_read_or_refused(
    head: bytes, body: bytes
) -> None:
    """The same behind a good status line and chunked framing."""
    line = b"HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n"
    with suppress(NotAResponse):
        last(line + head + b"\r\n\r\n" + body)


def test_headers_keep_order_case_and_repetition() -> None:
    """Case and order are clues, so they stay."""
    printed = b"HTTP/1.1 503 No\nServer: a\nserver: b\nX-Long: one\n two\n\nbody"
    answer = last(printed)
    assert answer.headers == (("Server", "a"), ("server", "b"), ("X-Long", "one two"))
    assert (answer.status_code, answer.reason, answer.body) == (503, "No", "body")


def test_an_answer_without_headers_or_body() -> None:
    """A status line alone is an answer."""
    answer = last(b"HTTP/1.0 204\r\n\r\n")
    assert (answer.status_code, answer.headers, answer.body) == (204, (), "")
    assert last(b"HTTP/3 503").reason is None


@pytest.mark.parametrize("end", [None, -12], ids=["whole", "cut off"])
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress], ids=["gzip", "zlib"])
def test_gzip_is_undone_as_far_as_the_body_goes(
    pack: Callable[[bytes], bytes], end: int | None
) -> None:
    """Curl's output has the body as received, unless curl requested gzip."""
    head = b"HTTP/1.1 502 Bad Gateway\r\nContent-Encoding: gzip\r\n\r\n"
    page = b"<center><h1>502 Bad Gateway</h1></center>" * 20
    body = last(head + pack(page)[:end]).body
    assert body.startswith("<center>")
    assert page.decode().startswith(body)


def test_a_body_that_is_no_gzip_is_kept() -> None:
    """A server's header may be wrong, or the body is already decoded."""
    head = b"HTTP/1.1 502 Bad Gateway\r\nContent-Encoding: gzip\r\n\r\n"
    assert last(head + b"plain").body == "plain"


@pytest.mark.parametrize("body", [b'{"a": "b: c"}', b"<html>x: y</html>"])
def test_a_page_right_after_the_status_line_is_a_page(body: bytes) -> None:
    """People leave out the headers; no header begins with `{` or `<`."""
    (read,) = read_transcripts(b"HTTP/2 502 \n" + body)
    assert (read.headers, read.body) == ((), body.decode())
