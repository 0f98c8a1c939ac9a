"""Table: the values and the alerts of the chart, as Markdown for its README.

In: the schema with descriptions and the default values; the alert rules. Out: one row
for each value, and for each alert. It does not: list `global`, which belongs to parent
charts.
"""

import json
import re
from typing import Any

from tools.chart.values import Schema, leaves

_LABEL = re.compile(r"{{ \$labels\.(\w+) }}")
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


def alerts(rules: dict[str, Any]) -> str:
    """Return the table of the alerts; labels in their texts are in capitals."""
    rows = [
        f"| `{rule['alert']}` | {_severity(rule)} | {rule.get('for', '0m')} | "
        f"{_shown(rule['annotations']['summary'])} |"
        for group in rules["groups"]
        for rule in group["rules"]
    ]
    return "\n".join(
        ["| alert | severity | after | summary |", "|---|---|---|---|", *rows]
    )


def _severity(rule: dict[str, Any]) -> str:
    return rule.get("labels", {}).get("severity", "the target's")


def _shown(summary: str) -> str:
    text = _LABEL.sub(lambda match: match[1].upper(), summary)
    return re.sub(r"{{ \$value[^}]*}}", "N", text)


def with_table(readme: str, name: str, content: str) -> str:
    """Return the README with new content between the two marks of a name."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = readme.partition(begin)
    _, mark, after = rest.partition(end)
    if not mark:
        raise ValueError(f"README.md: expected {begin} and {end}")
    return f"{before}{begin}\n{content}\n{end}{after}"


def _type(leaf: Schema) -> str:
    """Return the type; of an enumeration the type of its members, which is string."""
    kinds = leaf.get("type", "string")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _default(defaults: dict[str, Any], path: str) -> str:
    value: Any = defaults
    for name in path.split("."):
        value = value[name]
    return f"`{json.dumps(value, ensure_ascii=False)}`"
