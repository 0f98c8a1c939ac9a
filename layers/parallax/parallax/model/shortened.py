"""Shortened: a long text with both of its ends.

In: a line. Out: the line, at most so long. It does not: split words of its own.
"""


def shortened(line: str, longest: int) -> str:
    """Return the line's two halves with `…` between them, if it is too long."""
    if len(line) <= longest:
        return line
    first = longest // 2
    return f"{line[:first]}…{line[first + 1 - longest :]}"
