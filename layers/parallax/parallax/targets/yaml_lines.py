"""YAML lines: YAML as plain values, with the line of each of them.

In: the text of a file. Out: its content, and the line of each key and entry. A merged
key (`<<: *name`) has the line where its value is written.
It does not: check that the content describes targets.
Source: YAML's merge key, https://yaml.org/type/merge.html.
"""

import re
from typing import cast

import yaml

_FAST: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's, in a PyYAML that has it. It ends the process if the YAML is nested too
deeply, where PyYAML's own raises `RecursionError`."""
_DEEP = 1000
"""Levels that libyaml surely takes; no targets file has ten."""
_MERGE = "tag:yaml.org,2002:merge"

type Location = tuple[str | int, ...]
"""Keys and list positions from the top of the file."""
type Problem = tuple[Location, str]
"""A location, and what was expected there."""


class YamlLines:
    """The file as plain values, and the line of each of them."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []
        self._loader = (yaml.SafeLoader if _may_be_deep(text) else _FAST)(text)
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
        merged: list[tuple[yaml.Node, Location]] = []
        for key_node, value_node in node.value:
            key = f"{key_node.value}"
            at = (*location, key)
            if key_node.tag == _MERGE:
                self.lines[at] = key_node.start_mark.line + 1
                merged.append((value_node, at))
                continue
            if key in mapping:
                self.problems.append((at, "expected this key once, got it again"))
            self.lines[at] = key_node.start_mark.line + 1
            mapping[key] = self._plain(value_node, at)
        for value_node, at in merged:
            for one in self._merged(value_node, at):
                self._merge(one, mapping, location)
        return mapping

    def _merged(self, node: yaml.Node, at: Location) -> list[yaml.MappingNode]:
        """Return the mappings that a merge key names, the first one first."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = [one for one in nodes if isinstance(one, yaml.MappingNode)]
        if len(found) < len(nodes):
            self.problems.append((at, "expected a mapping, or a list of mappings"))
        return found

    def _merge(
        self, node: yaml.MappingNode, mapping: dict[str, object], location: Location
    ) -> None:
        """Add the keys of another mapping that this one does not have."""
        own, self.lines = self.lines, {}
        added = self._mapping(node, location)
        for at, line in self.lines.items():
            own.setdefault(at, line)
        self.lines = own
        for key, value in added.items():
            mapping.setdefault(key, value)


def _may_be_deep(text: str) -> bool:
    """Say whether the YAML may be nested deeply: by brackets, or by indentation."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    longest = max(map(len, text.splitlines()), default=0)
    return deepest > _DEEP or longest > _DEEP


def entries_of(value: object) -> list[object]:
    """Return the entries of a list; of anything else an empty list."""
    return cast("list[object]", value) if isinstance(value, list) else []


def is_mapping(value: object) -> bool:
    """Say whether a value is a mapping."""
    return isinstance(value, dict)


def keys_of(value: object) -> dict[str, object]:
    """Return a mapping; instead of anything else an empty one."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
