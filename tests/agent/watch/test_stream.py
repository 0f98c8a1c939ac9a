"""Streams cut into lines."""

from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.watch.stream import LONGEST, lines


@given(st.lists(st.binary(max_size=20)))
def test_any_bytes_are_cut_into_lines(chunks: list[bytes]) -> None:
    """However the stream is cut, each whole line comes once."""
    *whole, _ = b"".join(chunks).split(b"\n")
    assert list(lines(chunks)) == whole


def test_a_line_without_end_is_given_up() -> None:
    """The memory of a line that never ends is bounded."""
    chunks = [b"x" * LONGEST, b"x", b"tail\nnext\n"]
    assert list(lines(chunks)) == [b"tail", b"next"]
