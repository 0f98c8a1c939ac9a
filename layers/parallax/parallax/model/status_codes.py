"""Status codes: sets of HTTP status codes, as people write them.

In: a number, a class such as `2xx`, or a range such as `200-299`; or codes.
Out: the codes; or the shortest text for them.
It does not: decide which codes are healthy.
Source: RFC 9110, section 15: the first digit is the class, 1 to 5.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

VALID = range(100, 600)
EXPECTED = "a status code from 100 to 599, a class such as 2xx, or a range as 200-299"
_CLASS = re.compile(r"([1-5])[xX]{2}")
_RANGE = re.compile(r"(\d{3})\s?-\s?(\d{3})")
_HUNDRED = 100


def read(written: object) -> range | None:
    """Return the codes of one entry; None: it is not valid."""
    if isinstance(written, bool):
        return None
    if isinstance(written, str):
        return _of_text(written.strip())
    return _between(written, written) if isinstance(written, int) else None


def _of_text(text: str) -> range | None:
    if found := _CLASS.fullmatch(text):
        first = int(found[1]) * _HUNDRED
        return range(first, first + _HUNDRED)
    if found := _RANGE.fullmatch(text):
        return _between(int(found[1]), int(found[2]))
    is_number = text.isascii() and text.isdecimal() and len(text) == 3  # noqa: PLR2004 - digits of a code
    return _between(int(text), int(text)) if is_number else None


def _between(first: int, last: int) -> range | None:
    is_valid = first in VALID and last in VALID and first <= last
    return range(first, last + 1) if is_valid else None


def codes_text(codes: Iterable[int]) -> str:
    """Return codes as people write them, e.g. `2xx, 401, 500-503`."""
    ordered = sorted(set(codes))
    breaks = [n for n, (a, b) in enumerate(pairwise(ordered), 1) if b != a + 1]
    edges = [0, *breaks, len(ordered)]
    runs = [ordered[a:b] for a, b in pairwise(edges)]
    return ", ".join(_run(run[0], run[-1]) for run in runs if run)


def _run(first: int, last: int) -> str:
    if first == last:
        return str(first)
    whole = first % _HUNDRED == 0 and (last + 1) % _HUNDRED == 0
    if whole and last - first < _HUNDRED:
        return f"{first // _HUNDRED}xx"
    if whole:
        classes = range(first // _HUNDRED, last // _HUNDRED + 1)
        return ", ".join(f"{digit}xx" for digit in classes)
    return f"{first}, {last}" if last == first + 1 else f"{first}-{last}"
