"""YAML lines: YAML as plain values, with the place of each of them.

In: the text of a file. Out: its content, and line and column of each key and entry. A
merged key (`<<: *name`) has the place where its value is written.
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

MOST_VALUES = 200_000
"""Values of a file, each alias counted with all that it stands for. A file with 1,000
targets has 30,000; nine lines of nested aliases can have billions."""

type Location = tuple[str | int, ...]
"""Keys and list positions from the top of the file."""
type Problem = tuple[Location, str]
"""A location, and what was expected there."""
type Place = tuple[int, int]
"""Line and column, both from 1."""


class Key(str):
    """The last part of a location, if the key itself is wrong and not its value."""

    __slots__ = ()


class TooLargeError(ValueError):
    """The file has more values than any targets file."""


class YamlLines:
    """The file as plain values, and the place of each of them."""

    def __init__(self, text: str) -> None:
        self.keys: dict[Location, Place] = {}
        self.values: dict[Location, Place] = {}
        self._count = 0
        self.problems: list[Problem] = []
        self._loader = (yaml.SafeLoader if _may_be_deep(text) else _FAST)(text)
        node = self._loader.get_single_node()
        self.content: object = None if node is None else self._plain(node, ())

    def place(self, location: Location) -> Place:
        """Return the place of a value, or of the nearest one that contains it.

        A value that begins below its key has the place of the key.
        """
        while location and location not in self.keys and location not in self.values:
            location = location[:-1]
        top = self.values.get((), (1, 1))
        value = self.values.get(location, top)
        key = self.keys.get(location, value)
        is_key = bool(location) and isinstance(location[-1], Key)
        return key if is_key or value[0] != key[0] else value

    def _plain(self, node: yaml.Node, location: Location) -> object:
        self._add_one()
        self.values[location] = _place(node)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(n, (*location, i)) for i, n in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        try:
            return cast("object", self._loader.construct_object(node))  # pyright: ignore[reportUnknownMemberType] - untyped in PyYAML
        except ValueError as error:  # 2026-02-30 looks like a date
            self.problems.append((location, f"expected a valid value: {error}"))
            return None
        except yaml.constructor.ConstructorError as error:  # a tag such as !x
            self.problems.append((location, f"expected a plain value: {error.problem}"))
            return None

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, object]:
        self._add_one()
        mapping: dict[str, object] = {}
        merged: list[tuple[yaml.Node, Location]] = []
        for key_node, value_node in node.value:
            key = f"{key_node.value}"
            at = (*location, key)
            if key_node.tag == _MERGE:
                self.keys[at] = _place(key_node)
                merged.append((value_node, at))
                continue
            if key in mapping:
                again = "expected this key once, got it again"
                self.problems.append(((*location, Key(key)), again))
            self.keys[at] = _place(key_node)
            mapping[key] = self._plain(value_node, at)
        for value_node, at in merged:
            for one in self._merged(value_node, at):
                self._merge(one, mapping, location)
        return mapping

    def _add_one(self) -> None:
        self._count += 1
        if self._count > MOST_VALUES:
            raise TooLargeError

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
        own, self.keys, self.values = (self.keys, self.values), {}, {}
        added = self._mapping(node, location)
        new, (self.keys, self.values) = (self.keys, self.values), own
        for kept, places in zip(own, new, strict=True):
            for at, place in places.items():
                kept.setdefault(at, place)
        for key, value in added.items():
            mapping.setdefault(key, value)


def _place(node: yaml.Node) -> Place:
    """Return where a node begins."""
    return node.start_mark.line + 1, node.start_mark.column + 1


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


def is_list(value: object) -> bool:
    """Say whether a value is a list."""
    return isinstance(value, list)


def is_mapping(value: object) -> bool:
    """Say whether a value is a mapping."""
    return isinstance(value, dict)


def keys_of(value: object) -> dict[str, object]:
    """Return a mapping; instead of anything else an empty one."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
