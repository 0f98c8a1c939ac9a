"""Stream: an endless body, split into lines.

In: chunks of bytes as they arrive. Out: complete lines without their line ends.
It does not: open or close the body, or interpret a line.
"""

from collections.abc import Iterable, Iterator

LONGEST = 4_000_000
"""Bytes of a line; etcd accepts no object larger than 1.5 MB."""


def lines(chunks: Iterable[bytes], longest: int = LONGEST) -> Iterator[bytes]:
    """Yield the lines; of a longer line the first `longest` bytes and one more.

    The rest of a long line is not a line of its own: a client could
    forge one there.
    """
    rest: list[bytes] = []
    size = 0
    for chunk in chunks:
        head, *more = chunk.split(b"\n")
        head = head[: longest + 1 - size]
        if head:
            rest.append(head)
            size += len(head)
        if more:
            yield b"".join(rest)
            *whole, last = more
            yield from (line[: longest + 1] for line in whole)
            last = last[: longest + 1]
            rest, size = [last], len(last)
