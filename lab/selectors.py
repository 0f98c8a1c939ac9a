"""Selectors: whether an object matches a `labelSelector` or a `fieldSelector`.

In: the selector's text and an object. Out: whether it matches. It does not:
know resources; a field is a dotted path. Source: Kubernetes API concepts,
"Labels and Selectors" and "Field Selectors".
"""

import re
from typing import Any

SET_TERM = re.compile(r"^\s*([\w./-]+)\s+(in|notin)\s+\(([^)]*)\)\s*$")
PLAIN_TERM = re.compile(r"^\s*([\w./-]+)\s*(==|=|!=)\s*([\w./-]*)\s*$")
NAME_TERM = re.compile(r"^\s*(!?)\s*([\w./-]+)\s*$")


class SelectorError(ValueError):
    """A selector that the API rejects with 400."""


def matches_labels(selector: str, labels: dict[str, str]) -> bool:
    """Whether labels satisfy every term of a label selector; empty: all do."""
    return all(_label_term(term, labels) for term in _terms(selector))


def matches_fields(selector: str, item: dict[str, Any]) -> bool:
    """Whether an object satisfies every term of a field selector."""
    return all(_field_term(term, item) for term in _terms(selector))


def _terms(selector: str) -> list[str]:
    """Split at commas outside parentheses."""
    return [t for t in re.split(r",(?![^(]*\))", selector) if t.strip()]


def _label_term(term: str, labels: dict[str, str]) -> bool:
    if match := SET_TERM.match(term):
        key, operator, listed = match.groups()
        values = {v.strip() for v in listed.split(",")}
        return (labels.get(key) in values) == (operator == "in")
    if match := PLAIN_TERM.match(term):
        key, sign, value = match.groups()
        return (labels.get(key) == value) == (sign != "!=")
    if match := NAME_TERM.match(term):
        absent, key = match.groups()
        return (key in labels) != bool(absent)
    raise SelectorError(f"unable to parse requirement: {term!r}")


def _field_term(term: str, item: dict[str, Any]) -> bool:
    match = PLAIN_TERM.match(term)
    if not match:
        raise SelectorError(f"invalid field selector: {term!r}")
    path, sign, value = match.groups()
    at: Any = item
    for key in path.split("."):
        at = at.get(key) if isinstance(at, dict) else None
    return (("" if at is None else str(at)) == value) == (sign != "!=")
