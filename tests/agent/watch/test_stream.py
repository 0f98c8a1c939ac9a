"""Streams split into lines."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.watch.stream import LONGEST, lines


@given(st.lists(st.binary(max_size=20)))
def test_any_bytes_are_split_into_lines(chunks: list[bytes]) -> None:
    """For any chunks, each complete line is yielded once."""
    *whole, _ = b"".join(chunks).split(b"\n")
    assert list(lines(chunks)) == whole


def test_an_endless_line_is_cut() -> None:
    """Its beginning shows that it is too long; its end is not a separate line."""
    chunks = [b"x" * LONGEST, b"y", b"tail\nnext\n"]
    assert list(lines(chunks)) == [b"x" * LONGEST + b"y", b"next"]


@given(st.lists(st.binary(max_size=20)), st.integers(1, 30))
def test_no_line_is_longer_than_the_limit(chunks: list[bytes], longest: int) -> None:
    """One more byte marks a cut line; shorter ones are complete."""
    *whole, _ = b"".join(chunks).split(b"\n")
    assert list(lines(chunks, longest)) == [line[: longest + 1] for line in whole]


def test_the_memory_of_an_endless_line_is_limited() -> None:
    """However long it is."""
    chunks = (b"x" * 4096 for _ in range(5000))
    tracemalloc.start()
    try:
        assert list(lines(chunks, 16_384)) == []
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000
