"""Streams cut into lines."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.watch.stream import LONGEST, lines


@given(st.lists(st.binary(max_size=20)))
def test_any_bytes_are_cut_into_lines(chunks: list[bytes]) -> None:
    """However the stream is cut, each whole line comes once."""
    *whole, _ = b"".join(chunks).split(b"\n")
    assert list(lines(chunks)) == whole


def test_a_line_without_end_is_given_up() -> None:
    """Its beginning shows that it was too long; its tail is no line of its own."""
    chunks = [b"x" * LONGEST, b"y", b"tail\nnext\n"]
    assert list(lines(chunks)) == [b"x" * LONGEST + b"y", b"next"]


@given(st.lists(st.binary(max_size=20)), st.integers(1, 30))
def test_no_line_is_longer_than_asked_for(chunks: list[bytes], longest: int) -> None:
    """One byte more tells that it was cut; shorter ones come whole."""
    *whole, _ = b"".join(chunks).split(b"\n")
    assert list(lines(chunks, longest)) == [line[: longest + 1] for line in whole]


def test_the_memory_of_a_line_that_never_ends_is_bounded() -> None:
    """However much of it comes."""
    chunks = (b"x" * 4096 for _ in range(5000))
    tracemalloc.start()
    try:
        assert list(lines(chunks, 16_384)) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000
