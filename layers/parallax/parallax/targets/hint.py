"""Hint: what a person probably meant by an unknown word.

In: an unknown word, and the words that are possible. Out: `; did you mean …?`, or
nothing. It does not: repeat the word, which may be a secret.
"""

from collections.abc import Iterable

LONGEST = 64
"""Longest word that is compared: twice the length takes four times as long."""
_ALIKE = 0.6


def hint(word: object, possible: Iterable[str]) -> str:
    """Return the most similar possible word as the end of an error."""
    from difflib import get_close_matches  # noqa: PLC0415 - for errors only

    if not isinstance(word, str) or len(word) > LONGEST:
        return ""
    by_lower = {one.lower(): one for one in possible}
    plain = word.lower().replace("-", "_")
    for spelling in (plain, word.lower()):
        if found := get_close_matches(spelling, by_lower, n=1, cutoff=_ALIKE):
            return f"; did you mean {by_lower[found[0]]}?"
    return ""
