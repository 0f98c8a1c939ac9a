"""Real responses, read up to a limit of bytes and of seconds."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from parallax.http_limits import PIECE_BYTES, POOLS, TooLargeError, whole_body
from tests.agent.push.endless import CHUNKED, Serve, endless, serve

__all__ = ["serve"]
OK = b"HTTP/1.1 200 OK\r\n"


def read(url: str, most: int = 1_000_000, seconds: float = 30.0) -> bytes:
    """Read the whole body that a server sends; each read may take long."""
    with urllib3.PoolManager() as pool:
        response = pool.request("GET", url, preload_content=False, timeout=30.0)
        with closing(response):
            return whole_body(response.stream(PIECE_BYTES), response, most, seconds)


@pytest.mark.parametrize("most", [3, 4, 1_000_000])
def test_a_body_within_the_limit_is_returned_whole(serve: Serve, most: int) -> None:
    """A body of exactly the limit is not too large."""
    assert read(serve(iter([CHUNKED, b"3\r\nabc\r\n0\r\n\r\n"])), most) == b"abc"


@pytest.mark.parametrize(
    "pieces",
    [
        endless(OK + b"\r\n", b" " * 9999),
        endless(CHUNKED, b"1\r\nx\r\n" * 999),
        iter([OK + b"Content-Length: 1000001\r\n\r\n", b" " * 1_000_001]),
    ],
    ids=["until the end", "chunks", "length"],
)
def test_a_body_of_more_bytes_is_an_error(
    serve: Serve, pieces: Iterator[bytes]
) -> None:
    """It is not read to its end."""
    with pytest.raises(TooLargeError, match="larger than 1,000,000 bytes"):
        read(serve(pieces))


def test_the_limit_applies_to_the_decompressed_body(serve: Serve) -> None:
    """A small body may decompress to a large one."""
    bomb = gzip.compress(b" " * 50_000_000)
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    with pytest.raises(TooLargeError):
        read(serve(iter([head + bomb])))


@pytest.mark.parametrize(
    "pieces",
    [
        endless(CHUNKED, b"1;" + b"e" * 60_000 + b"\r\nx\r\n"),
        endless(CHUNKED + b"0\r\n", b"X: " + b"x" * 999 + b"\r\n"),
    ],
    ids=["chunk extensions", "trailers"],
)
def test_endless_bytes_outside_the_body_time_out(
    serve: Serve, pieces: Iterator[bytes]
) -> None:
    """A server that keeps sending blocks the reader for a limit of seconds."""
    with pytest.raises(TimeoutError, match=r"within 0\.2 s"):
        read(serve(pieces), seconds=0.2)


@pytest.mark.parametrize("first", [OK + b"\r\n{", CHUNKED + b"1\r\n{\r\n", CHUNKED])
def test_a_stalled_server_times_out(serve: Serve, first: bytes) -> None:
    """Half of a body is an error, also if only the end of the connection ends it."""
    released = threading.Event()

    def stall() -> Iterator[bytes]:
        yield first
        released.wait(10)

    with pytest.raises(TimeoutError):
        read(serve(stall()), seconds=0.2)
    released.set()


def test_a_broken_connection_is_the_library_s_error(serve: Serve) -> None:
    """It is not reported as a timeout."""
    with pytest.raises(urllib3.exceptions.ProtocolError):
        read(serve(iter([OK + b"Content-Length: 9\r\n\r\n", b"abc"])))


def test_a_head_that_never_ends_times_out(serve: Serve) -> None:
    """The read timeout applies to the whole head."""
    url = serve(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99))
    with urllib3.PoolManager() as pool:
        pool.pool_classes_by_scheme = POOLS
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            pool.request("GET", url, timeout=0.2, retries=False)


@given(st.lists(st.binary(max_size=20)), st.integers(min_value=0, max_value=60))
def test_pieces_are_joined_or_too_large(pieces: list[bytes], most: int) -> None:
    """No byte is lost, and no body exceeds the limit."""
    joined = b"".join(pieces)
    response = urllib3.HTTPResponse()
    if len(joined) <= most:
        assert whole_body(pieces, response, most, 30.0) == joined
    else:
        with pytest.raises(TooLargeError):
            whole_body(pieces, response, most, 30.0)
