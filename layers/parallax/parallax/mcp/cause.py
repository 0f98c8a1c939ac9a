"""Cause: the causes that Parallax can name, as the fields of an answer.

In: an id, or words to search for. Out: facts only; the explanations are Parallax's own.
It does not: judge.
"""

from difflib import get_close_matches

from parallax.causes import CAUSES, Cause
from parallax.causes.explanation import explain, relations
from parallax.mcp.answer import Fields

SUGGESTIONS = 3


class CauseFacts(Fields):
    """A cause in one line."""

    cause: str
    title: str
    summary: str
    blamed_class: str
    blamed_hop: str


class CausesFacts(Fields):
    """The causes that match."""

    total: int
    causes: list[CauseFacts]


class ExplanationFacts(CauseFacts):
    """The whole explanation of a cause, by heading, and its relations to others."""

    explanation: dict[str, str]
    relations: list[str]


class UnknownCauseError(ValueError):
    """No cause has this id; the text names similar ones."""


def matching(search: str) -> list[CauseFacts]:
    """Return the causes that contain each word; without a word, all of them."""
    words = search.lower().split()
    facts = [CauseFacts(**_line(cause)) for cause in CAUSES]
    return [f for f in facts if all(word in _text(f) for word in words)]


def explanation(identity: str) -> ExplanationFacts:
    """Return the explanation of a cause; raises `UnknownCauseError`."""
    cause = next((c for c in CAUSES if c.id == identity), None)
    if cause is None:
        close = get_close_matches(identity, [c.id for c in CAUSES], SUGGESTIONS, 0.6)
        meant = f"; did you mean {' or '.join(close)}?" if close else ";"
        raise UnknownCauseError(f"no such cause{meant} list_causes lists all")
    return ExplanationFacts(
        **_line(cause),
        explanation=explain(cause).texts,
        relations=list(relations(cause, CAUSES)),
    )


def _line(cause: Cause) -> dict[str, str]:
    return {
        "cause": cause.id,
        "title": cause.title,
        "summary": explain(cause).summary,
        "blamed_class": cause.class_.value,
        "blamed_hop": cause.hop.value,
    }


def _text(facts: CauseFacts) -> str:
    return " ".join(facts.model_dump().values()).lower()
