"""Stream: a body that does not end, cut into lines.

In: chunks of bytes as they come. Out: whole lines without their ends.
It does not: open or close the body, or know what a line means.
"""

from collections.abc import Iterable, Iterator

LONGEST = 4_000_000
"""Bytes of a line; etcd takes no object that is larger than 1.5 MB."""


def lines(chunks: Iterable[bytes], longest: int = LONGEST) -> Iterator[bytes]:
    """Yield the lines; of a longer one the first `longest` bytes and one more.

    What stands behind them is no line of its own: whoever writes into a log could
    make one up there.
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
