"""Values: what values.yaml documents.

In: the text of values.yaml, where the comment above a key describes it. Out: a
description for each path such as `image.tag`. It does not: read values of lists.
"""

import re
from typing import Any

_KEY = re.compile(r"(?P<indent> *)(?P<key>\w+):")
_COMMENT = re.compile(r" *# ?(?P<text>.*)")

type Schema = dict[str, Any]


def descriptions(text: str) -> dict[str, str]:
    """Return path -> comment; a key without a comment above it is left out."""
    found: dict[str, str] = {}
    parents: list[str] = []
    comment: list[str] = []
    for line in text.splitlines():
        if match := _COMMENT.fullmatch(line):
            comment.append(match["text"])
            continue
        if match := _KEY.match(line):
            parents = [*parents[: len(match["indent"]) // 2], match["key"]]
            if comment:
                found[".".join(parents)] = " ".join(comment)
        comment = []
    return found


def leaves(schema: Schema, path: str = "") -> dict[str, Schema]:
    """Return path -> schema of each value that a user sets; objects are followed."""
    if "properties" not in schema:
        return {path: schema}
    return {
        found: leaf
        for name, child in schema["properties"].items()
        for found, leaf in leaves(child, f"{path}.{name}" if path else name).items()
    }


def described(schema: Schema, texts: dict[str, str]) -> Schema:
    """Return a copy of the schema whose leaves have the descriptions."""

    def copy(part: Schema, path: str) -> Schema:
        if "properties" not in part:
            own = {"description": texts[path]} if path in texts else {}
            return part | own
        children = {
            name: copy(child, f"{path}.{name}" if path else name)
            for name, child in part["properties"].items()
        }
        return part | {"properties": children}

    return copy(schema, "")
