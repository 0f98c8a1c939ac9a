"""Bound: limits the length and the characters of every text in a report.

In: a report with texts from a cluster, its pods and its logs: reason phrases, errors,
headers, ConfigMap values, problems. Out: the report, with long texts cut, and with
U+FFFD for each half of a surrogate pair: JSON can express one, but UTF-8 cannot.
It does not: limit the number of texts or the size of the report;
`parallax_agent.push.splitting` does.
"""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

from parallax.model.plain import REPLACEMENT

TEXT_LIMIT = 2048
"""Characters; equal to the limit of a body, the longest text that is judged."""
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair."""


def bounded[T](value: T) -> T:
    """Return a value of the model with UTF-8 texts of at most `TEXT_LIMIT`."""
    return cast("T", _bounded(value))


def _bounded(value: Any) -> Any:  # noqa: ANN401 - whatever the model holds
    if isinstance(value, str):
        text = value if value.isascii() else _HALF.sub(REPLACEMENT, value)
        return text if len(text) <= TEXT_LIMIT else f"{text[: TEXT_LIMIT - 1]}…"
    if isinstance(value, tuple):
        items = cast("tuple[Any, ...]", value)
        cut = tuple(map(_bounded, items))
        same = all(one is other for one, other in zip(cut, items, strict=True))
        return items if same else cut
    if not is_dataclass(value) or isinstance(value, type):
        return value
    parts = ((field.name, getattr(value, field.name)) for field in fields(value))
    both = ((name, part, _bounded(part)) for name, part in parts)
    changes = {name: after for name, part, after in both if after is not part}
    return replace(value, **changes) if changes else value
