"""Table: the values of the chart, as Markdown for its README.

In: the schema with descriptions, and the default values. Out: one row for each value.
It does not: list `global`, which belongs to parent charts.
"""

import json
from typing import Any

from tools.chart.values import Schema, leaves

BEGIN, END = "<!-- values -->", "<!-- /values -->"
LEFT_OUT = {"global"}


def table(schema: Schema, defaults: dict[str, Any]) -> str:
    """Return the table; a default is written as `--set-json` expects it."""
    rows = [
        f"| `{path}` | {_type(leaf)} | {_default(defaults, path)} | "
        f"{leaf.get('description', '')} |"
        for path, leaf in leaves(schema).items()
        if path not in LEFT_OUT
    ]
    return "\n".join(
        ["| value | type | default | meaning |", "|---|---|---|---|", *rows]
    )


def with_table(readme: str, content: str) -> str:
    """Return the README with new content between the two marks."""
    before, _, rest = readme.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"README.md: expected {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{content}\n{END}{after}"


def _type(leaf: Schema) -> str:
    """Return the type; of an enumeration the type of its members, which is string."""
    kinds = leaf.get("type", "string")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _default(defaults: dict[str, Any], path: str) -> str:
    value: Any = defaults
    for name in path.split("."):
        value = value[name]
    return f"`{json.dumps(value, ensure_ascii=False)}`"
