"""Kubectl: the texts of `kubectl get` and `kubectl describe`, as values.

In: text as kubectl prints it. Out: rows of a table; the fields of a description, nested
as they are indented. It does not: know what a field means; `described` does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

type Row = dict[str, str]

NONE = ("", "<none>", "<unset>", "<unknown>", "<nil>")
AGE = re.compile(r"(\d+)([dhms])")
SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_FIELD = re.compile(r"([^:\s][^:]*?):(?:\s+(.*))?$")
_GAP = re.compile(r"\s{2,}")
_COLUMN = re.compile(r"\S+(?: \S+)*")


@dataclass(slots=True)
class Part:
    """A field of a description: its text, and the fields and lines below it."""

    text: str = ""
    fields: list[tuple[str, "Part"]] = field(default_factory=list["tuple[str, Part]"])
    lines: list[str] = field(default_factory=list[str])

    def all(self, name: str) -> list["Part"]:
        """Return all fields of this name, in order."""
        return [part for key, part in self.fields if key == name]

    def get(self, *names: str) -> "Part":
        """Return the first field below these names; without text if absent."""
        part = self
        for name in names:
            part = next(iter(part.all(name)), Part())
        return part

    def value(self, *names: str) -> str | None:
        """Return a field's text; None if it is absent or `<none>`."""
        text = self.get(*names).text
        return None if text in NONE else text

    def values(self, name: str) -> list[str]:
        """Return a field's text and the lines below it: one entry each."""
        part = self.get(name)
        return [text for text in (part.text, *part.lines) if text not in NONE]


def describe(text: str) -> Part:
    """Return a description's fields, nested by indentation.

    A line that continues a list, such as a second label, has no field name or is
    indented as far as the first one's text. It is kept in `lines`.
    """
    top = Part()
    open_parts: list[tuple[int, int, Part]] = [(-1, 0, top)]
    for line in text.splitlines():
        words = line.strip()
        if not words:
            continue
        indent = len(line) - len(line.lstrip())
        while indent <= open_parts[-1][0]:
            open_parts.pop()
        _, column, parent = open_parts[-1]
        found = _FIELD.match(words)
        if found is None or (column and indent >= column):
            parent.lines.append(words)
            continue
        value = (found[2] or "").strip()
        part = Part(text=value)
        parent.fields.append((found[1], part))
        start = line.index(value, indent + len(found[1]) + 1) if value else 0
        open_parts.append((indent, start, part))
    return top


def without_events(text: str) -> tuple[str, str]:
    """Return a description and its events, which stand last in it."""
    description, _, events = text.partition("\nEvents:")
    return description, events


def columns(line: str, count: int) -> list[str]:
    """Return a line's columns; the last one may contain several spaces."""
    return _GAP.split(line.strip(), maxsplit=count - 1)


def table(text: str) -> Iterator[Row]:
    """Yield the rows of a table with a heading, by column."""
    lines = text.splitlines()
    if not lines:
        return
    heads = [(m.group(), m.start()) for m in _COLUMN.finditer(lines[0])]
    ends = [start for _, start in heads[1:]] + [None]
    for line in lines[1:]:
        yield {
            name: line[start:end].strip()
            for (name, start), end in zip(heads, ends, strict=True)
        }


def pairs(texts: list[str]) -> dict[str, str]:
    """Return `key=value` texts, also several with commas between, as a dictionary."""
    parts = [part.strip() for text in texts for part in text.split(",")]
    return dict(part.split("=", 1) for part in parts if "=" in part)


def seconds(age: str) -> int:
    """Return the seconds of an age such as `2m18s`."""
    return sum(int(number) * SECONDS[unit] for number, unit in AGE.findall(age))
