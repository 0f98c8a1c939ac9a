"""HTTP answers in any cut give the same answer."""

import contextlib
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.probe import ErrorType
from parallax.probe.failure import Failure
from parallax.probe.response_parser import HEAD_LIMIT, ResponseParser
from tests.parallax.probe.hostile import FLOODS

TOKEN = st.text("abcdefghijABCDEFGHIJ-", min_size=1, max_size=12).map(
    lambda name: f"X-{name}"
)
VALUE = st.text("abc XYZ0123456789;=,/\"'", max_size=30).map(str.strip)
REASON = st.text("abcdefgh XYZ", max_size=20).map(str.strip)
HEADERS = st.lists(st.tuples(TOKEN, VALUE), max_size=8)


def chunked(pieces: list[bytes]) -> bytes:
    """Write a chunked body with a trailer."""
    chunks = [b"%x\r\n%b\r\n" % (len(p), p) for p in pieces if p]
    return b"".join(chunks) + b"0\r\nX-Trailer: t\r\n\r\n"


def fed(wire: bytes, cuts: list[int]) -> tuple[ResponseParser, bytes]:
    """Feed the bytes cut at these places."""
    answer = ResponseParser()
    body = b""
    places = sorted({0, len(wire), *(c % (len(wire) + 1) for c in cuts)})
    for start, stop in pairwise(places):
        answer.feed(wire[start:stop])
        body += b"".join(answer.take())
    return answer, body


@given(
    code=st.integers(200, 599).filter(lambda c: c not in {204, 205, 304}),
    reason=REASON,
    headers=HEADERS,
    pieces=st.lists(st.binary(max_size=200), max_size=5),
    framing=st.sampled_from(["length", "chunked", "end"]),
    interim=st.booleans(),
    cuts=st.lists(st.integers(0, 2000), max_size=12),
)
def test_any_cut_gives_the_same_answer(  # noqa: PLR0913 - the parts of an answer
    *,
    code: int,
    reason: str,
    headers: list[tuple[str, str]],
    pieces: list[bytes],
    framing: str,
    interim: bool,
    cuts: list[int],
) -> None:
    """Status, reason, headers in order and case, and body survive every cut."""
    body = b"".join(pieces)
    sent = list(headers)
    wire_body = body
    if framing == "length":
        sent.append(("Content-Length", f"{len(body)}"))
    elif framing == "chunked":
        sent.append(("Transfer-Encoding", "chunked"))
        wire_body = chunked(pieces)
    lines = [f"HTTP/1.1 {code} {reason}", *(f"{n}: {v}" for n, v in sent), "", ""]
    wire = "\r\n".join(lines).encode() + wire_body
    if interim:
        wire = b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + wire
    answer, received = fed(wire, cuts)
    answer.end()
    assert answer.complete
    assert (answer.status_code, answer.reason.decode()) == (code, reason)
    assert [(n.decode(), v.decode()) for n, v in answer.headers] == sent
    assert received == body


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_any_bytes_give_an_answer_or_a_failure(wire: bytes, cuts: list[int]) -> None:
    """No bytes of a peer raise another exception."""
    with contextlib.suppress(Failure):
        answer, _ = fed(wire, cuts)
        answer.end()
        assert answer.status_code is not None


@given(st.sampled_from(sorted(FLOODS)), st.integers(512, 65536))
def test_what_never_ends_is_given_up_in_any_cut(name: str, size: int) -> None:
    """After 64 KiB without a byte of body; the error names the unfinished part."""
    first, again = FLOODS[name]
    most = len(first) + HEAD_LIMIT + 2 * size
    wire = first + again * (most // len(again) + 1)
    with pytest.raises(Failure, match=re.escape(name)) as caught:
        fed(wire[:most], list(range(0, most, size)))
    assert caught.value.error_type is ErrorType.INVALID_RESPONSE


def test_a_long_head_and_a_long_trailer_are_taken() -> None:
    """Each may be as long as a head may: what counts is what came since the body."""
    long = b"X-A: %b\r\n" % (b"b" * (HEAD_LIMIT - 100))
    answer = ResponseParser()
    answer.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + long)
    for piece in (b"\r\n2\r\nok\r\n", b"0\r\n" + long, b"\r\n"):
        answer.feed(piece)
    assert (answer.complete, answer.take()) == (True, [b"ok"])


def test_what_follows_an_answer_is_ignored() -> None:
    """A second answer, or garbage, changes nothing about the first."""
    answer = ResponseParser()
    answer.feed(
        b"HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 Yes\r\n\r\n\x00"
    )
    assert (answer.status_code, answer.reason, answer.take()) == (503, b"No", [b"ok"])


def test_an_answer_without_body_is_complete_with_its_headers() -> None:
    """204 and 304 have no body, whatever the connection does."""
    answer = ResponseParser()
    answer.feed(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert answer.complete


def test_a_reset_ends_no_body() -> None:
    """A body that only the connection's end could end is cut by a reset."""
    answer = ResponseParser()
    answer.feed(b"HTTP/1.1 200 OK\r\n\r\nhalf")
    with pytest.raises(Failure) as caught:
        answer.end(reset=True)
    assert caught.value.error_type is ErrorType.BODY_INCOMPLETE
