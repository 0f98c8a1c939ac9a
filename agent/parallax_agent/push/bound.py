"""Bound: limits the length of every text in a report.

In: a report with texts from a cluster, its pods and its logs: reason phrases, errors,
headers, ConfigMap values, problems. Out: the report, with long texts cut.
It does not: limit the number of texts or the size of the report;
`parallax_agent.push.splitting` does.
"""

from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

TEXT_LIMIT = 2048
"""Characters; equal to the limit of a body, the longest text that is judged."""


def bounded[T](value: T) -> T:
    """Return a value of the model in which no text is longer than `TEXT_LIMIT`."""
    return cast("T", _bounded(value))


def _bounded(value: Any) -> Any:  # noqa: ANN401 - whatever the model holds
    if isinstance(value, str):
        return value if len(value) <= TEXT_LIMIT else f"{value[: TEXT_LIMIT - 1]}…"
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
