"""Explanation: what a cause means, in the words of its module's own docstring.

In: a cause. Out: its summary, one text for each heading, its relations to others.
It does not: judge.
The docstring is the one place where a cause is explained; the handbook
(docs/causes.md) and `parallax causes` show it.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from parallax.causes.cause import Cause

HEADINGS = (
    "Meaning",
    "Impact",
    "Diagnosis",
    "Neighbors",
    "Mitigation",
    "Source",
)
"""What every cause explains, in this order."""
_HEADING = re.compile(rf"^({'|'.join(HEADINGS)}): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A cause's summary (its docstring's first line) and its texts by heading."""

    summary: str
    texts: dict[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the headings that the cause does not explain."""
        return tuple(h for h in HEADINGS if not self.texts.get(h))


def explain(cause: Cause) -> Explanation:
    """Return what a cause's module says of it; each paragraph on one line."""
    written = sys.modules[cause.assess.__module__].__doc__ or ""
    head, *parts = _HEADING.split(written)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    flowing = [(heading, _flowing(text)) for heading, text in pairs]
    return Explanation(
        summary=_flowing(head.partition("\n")[0]),
        texts={h: text[:1].upper() + text[1:] for h, text in flowing},
    )


def relations(cause: Cause, causes: Sequence[Cause]) -> tuple[str, ...]:
    """Return in sentences how a cause relates to others, as all of them declare it.

    What it explains, by what it is explained, and which others name it as a neighbor
    while it does not name them.
    """
    explains = [c.id for c in causes if c.id in cause.explains]
    explained = [c.id for c in causes if cause.id in c.explains]
    told = explain(cause).texts.get("Neighbors", "")
    also = [
        c.id
        for c in causes
        if f"`{cause.id}`" in explain(c).texts.get("Neighbors", "")
        and f"`{c.id}`" not in told
        and c.id not in {*explains, *explained}
    ]
    sentences = {
        "Explains {}: where both are shown, this one is named.": explains,
        "Is explained by {}: where one of them is shown too, that one is named.": (
            explained
        ),
        "See also {}.": also,
    }
    return tuple(
        sentence.format(", ".join(f"`{name}`" for name in names))
        for sentence, names in sentences.items()
        if names
    )


def _flowing(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(re.sub(r"\s+", " ", part) for part in paragraphs)
