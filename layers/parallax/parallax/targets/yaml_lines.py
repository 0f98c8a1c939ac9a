"""YAML lines: YAML as plain values, with the line of each of them.

In: the text of a file. Out: its content, and the line of each key and entry.
It does not: check that the content describes targets.
"""

from typing import cast

import yaml

type Location = tuple[str | int, ...]
"""Keys and list positions from the top of the file."""
type Problem = tuple[Location, str]
"""A location, and what was expected there."""


class YamlLines:
    """The file as plain values, and the line of each of them."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []
        self._loader = yaml.SafeLoader(text)
        node = self._loader.get_single_node()
        self.content: object = None if node is None else self._plain(node, ())

    def line(self, location: Location) -> int:
        """Return the line of a location, or of the nearest one that contains it."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def _plain(self, node: yaml.Node, location: Location) -> object:
        self.lines.setdefault(location, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(n, (*location, i)) for i, n in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        try:
            return cast("object", self._loader.construct_object(node))  # pyright: ignore[reportUnknownMemberType] - untyped in PyYAML
        except ValueError as error:  # 2026-02-30 looks like a date
            self.problems.append((location, f"expected a valid value: {error}"))
            return None

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = f"{key_node.value}"
            at = (*location, key)
            if key in mapping:
                self.problems.append((at, "expected this key once, got it again"))
            self.lines[at] = key_node.start_mark.line + 1
            mapping[key] = self._plain(value_node, at)
        return mapping


def entries_of(value: object) -> list[object]:
    """Return the entries of a list; of anything else an empty list."""
    return cast("list[object]", value) if isinstance(value, list) else []


def keys_of(value: object) -> dict[str, object]:
    """Return a mapping; instead of anything else an empty one."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
