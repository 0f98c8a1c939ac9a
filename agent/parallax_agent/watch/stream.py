"""Stream: a body that does not end, cut into lines.

In: chunks of bytes as they come. Out: whole lines without their ends.
It does not: open or close the body, or know what a line means.
"""

from collections.abc import Iterable, Iterator

LONGEST = 4_000_000
"""Bytes of a line; etcd takes no object that is larger than 1.5 MB."""


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines; of one without an end the beginning is given up."""
    rest: list[bytes] = []
    size = 0
    for chunk in chunks:
        head, *more = chunk.split(b"\n")
        rest.append(head)
        size += len(head)
        if more:
            yield b"".join(rest)
            *whole, last = more
            yield from whole
            rest, size = [last], len(last)
        elif size > LONGEST:
            rest, size = [], 0
