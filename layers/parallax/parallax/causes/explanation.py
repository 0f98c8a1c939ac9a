"""Explanation: what a cause means, from the docstring of its module.

In: a cause. Out: its summary, one text per heading, its relations to other causes.
It does not: judge.
The docstring is the only place that explains a cause. The handbook (docs/causes.md) and
`parallax causes` show it.
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
"""The headings of every cause, in this order."""
_HEADING = re.compile(rf"^({'|'.join(HEADINGS)}): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A cause's summary (its docstring's first line) and its texts by heading."""

    summary: str
    texts: dict[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the headings without a text."""
        return tuple(h for h in HEADINGS if not self.texts.get(h))


def explain(cause: Cause) -> Explanation:
    """Return the texts of a cause's module docstring; each paragraph on one line."""
    docstring = sys.modules[cause.assess.__module__].__doc__ or ""
    head, *parts = _HEADING.split(docstring)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    joined = [(heading, _join_lines(text)) for heading, text in pairs]
    return Explanation(
        summary=_join_lines(head.partition("\n")[0]),
        texts={h: text[:1].upper() + text[1:] for h, text in joined},
    )


def relations(cause: Cause, causes: Sequence[Cause]) -> tuple[str, ...]:
    """Return in sentences how a cause relates to others.

    It explains others, is explained by others, or is a neighbor in another cause's
    text without naming that cause itself.
    """
    explains = [c.id for c in causes if c.id in cause.explains]
    explained = [c.id for c in causes if cause.id in c.explains]
    own_text = explain(cause).texts.get("Neighbors", "")
    also = [
        c.id
        for c in causes
        if f"`{cause.id}`" in explain(c).texts.get("Neighbors", "")
        and f"`{c.id}`" not in own_text
        and c.id not in {*explains, *explained}
    ]
    sentences = {
        "If {} is shown too, this cause is named, because it explains the other.": (
            _any_of(explains)
        ),
        "If {} is shown too, that cause is named, because it explains this one.": (
            _any_of(explained)
        ),
        "See also {}.": ", ".join(f"`{name}`" for name in also),
    }
    return tuple(text.format(names) for text, names in sentences.items() if names)


def _any_of(names: Sequence[str]) -> str:
    """Return e.g. "`a`, `b` or `c`"."""
    *first, last = (f"`{name}`" for name in names) if names else ("",)
    return f"{', '.join(first)} or {last}" if first else last


def _join_lines(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(re.sub(r"\s+", " ", part) for part in paragraphs)
