"""Reading: YAML as plain values, with the line on which each of them stands.

In: the text of a file. Out: its content, and lines to tell people about.
It does not: know what a target is.
"""

from typing import cast

import yaml

type Place = tuple[str | int, ...]
"""Where in the file: keys and list positions from the top."""
type Problem = tuple[Place, str]
"""A place, and what was expected there."""


class Reading:
    """The file as plain values, and the line on which each of them stands."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []
        self._loader = yaml.SafeLoader(text)
        node = self._loader.get_single_node()
        self.content: object = None if node is None else self._plain(node, ())

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def _plain(self, node: yaml.Node, place: Place) -> object:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(n, (*place, i)) for i, n in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        try:
            return cast("object", self._loader.construct_object(node))  # pyright: ignore[reportUnknownMemberType] - untyped in PyYAML
        except ValueError as error:  # 2026-02-30 looks like a date
            self.problems.append((place, f"expected a value of its kind: {error}"))
            return None

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = f"{key_node.value}"
            at = (*place, key)
            if key in mapping:
                self.problems.append((at, "expected once, got it again"))
            self.lines[at] = key_node.start_mark.line + 1
            mapping[key] = self._plain(value_node, at)
        return mapping


def entries_of(value: object) -> list[object]:
    """Return a list's entries; anything else has none."""
    return cast("list[object]", value) if isinstance(value, list) else []


def keys_of(value: object) -> dict[str, object]:
    """Return a mapping's keys and values; anything else has none."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
