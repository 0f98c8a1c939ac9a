"""Rules: the rules for single values of a target in the targets file.

In: an entry of the targets file, with its defaults. Out: the problems of its values
that have the right type.
It does not: check a type; pydantic does. Intervals, labels, maintenance windows, health
rules and requests have modules of their own.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import cast

from parallax.model import web_url
from parallax.model.name import NAME, is_name
from parallax.model.secret_text import quoted
from parallax.model.target import Target
from parallax.targets.labels import runbook_problem
from parallax.targets.yaml_lines import Location, Problem, is_mapping, keys_of

TIMEOUT_SECONDS = (0.5, 20.0)
SLO = (50.0, 99.999)
"""Percent. 100 leaves no budget: the first failed probe would break it."""
LONGEST_TITLE = 80
"""Characters of a title or a group on the status page."""
DEFAULT_TIMEOUT = next(f.default for f in fields(Target) if f.name == "timeout_seconds")
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def rules(entry: object, location: Location) -> Iterator[Problem]:
    """Yield the problems of values that have the right type."""
    values = keys_of(entry)
    for key, (right, expected) in _RULES.items():
        value = values.get(key)
        if value is not None and not right(value):
            yield (*location, key), f"expected {expected}, got {quoted(value)}"
    url = values.get("url")
    wrong = None if url is None else web_url.problem(url)
    if wrong:
        yield (*location, "url"), wrong
    runbook = values.get("runbook")
    if runbook is not None and (wrong := runbook_problem(runbook)):
        yield (*location, "runbook"), wrong
    cluster = keys_of(values.get("reached")).get("cluster")
    if isinstance(cluster, str) and not is_name(cluster):
        at = (*location, "reached", "cluster")
        yield at, f"expected {NAME}, got {quoted(cluster)}"
    yield from _public(values.get("public"), (*location, "public"))
    yield from _max_seconds(values, location)


def _max_seconds(values: dict[str, object], location: Location) -> Iterator[Problem]:
    """Yield a limit that no response can exceed: the request times out before it."""
    limit = keys_of(values.get("healthy")).get("max_seconds")
    timeout = values.get("timeout_seconds", DEFAULT_TIMEOUT)
    if limit is None:
        return
    at = (*location, "healthy", "max_seconds")
    if not _is_number(limit) or not 0 < cast("float", limit) <= TIMEOUT_SECONDS[1]:
        yield (
            at,
            f"expected seconds above 0 and below timeout_seconds, got {quoted(limit)}",
        )
    elif _is_timeout(timeout) and cast("float", limit) >= cast("float", timeout):
        text = f"expected less than timeout_seconds ({timeout:g}), got {limit:g}"
        yield at, text


def _public(value: object, at: Location) -> Iterator[Problem]:
    """Yield what is wrong with the texts of the status page."""
    if value is not None and not is_mapping(value):
        text = f"expected a mapping such as {{title: Shop}}, got {quoted(value)}"
        yield at, text
    for key in ("title", "group"):
        text = keys_of(value).get(key)
        if isinstance(text, str) and not (text.strip() and len(text) <= LONGEST_TITLE):
            expected = f"expected text of 1 to {LONGEST_TITLE} characters"
            yield (*at, key), f"{expected}, got {quoted(text)}"


def _is_slo(value: object) -> bool:
    low, high = SLO
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and low <= cast("float", value) <= high


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _SLUG.fullmatch(value) is not None


def _is_timeout(value: object) -> bool:
    low, high = TIMEOUT_SECONDS
    return _is_number(value) and low <= cast("float", value) <= high


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_RULES: dict[str, tuple[Callable[[object], bool], str]] = {
    "name": (_is_name, "lower-case letters, digits and hyphens, as in a host name"),
    "timeout_seconds": (_is_timeout, "seconds from 0.5 to 20"),
    "slo": (_is_slo, "a percentage from 50 to 99.999, such as 99.9"),
}
