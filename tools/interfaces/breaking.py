"""Breaking: what a reader of one JSON Schema would not expect of another one.

In: the schema that a reader was written for, and the one that a writer follows now.
Out: a line for each change that breaks the reader: a field that may be missing, a new
type, a new value of a closed list.
It does not: understand all of JSON Schema; it knows what pydantic writes for the model.
New fields break nobody, because readers ignore fields that they do not know.
"""

from collections.abc import Iterator
from typing import Any, cast

type Schema = dict[str, Any]
WIDER = {"integer": "number"}
"""A type, and the one that includes it."""
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}
"""The type of a value in a list, as JSON Schema names it."""


def breaking(expected: Schema, written: Schema, *, may_lack: bool = False) -> list[str]:
    """Return each change that breaks a reader of `expected`.

    Both have their definitions in `$defs`. A place is a path such as `$.data.hop`.
    `may_lack`: the reader has a default for each field that it does not require.
    """
    comparison = _Comparison(expected, written, may_lack=may_lack)
    return list(comparison.of(expected, written, "$"))


class _Comparison:
    """Two documents, and the pairs of definitions that were compared."""

    def __init__(self, expected: Schema, written: Schema, *, may_lack: bool) -> None:
        self._may_lack = may_lack
        self._old = expected
        self._new = written
        self._seen = set[tuple[str, str]]()

    def of(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        """Yield the problems at a place."""
        pair = old.get("$ref", ""), new.get("$ref", "")
        if all(pair):
            if pair in self._seen:
                return
            self._seen.add(pair)
        olds = _choices(self._resolved(old, self._old))
        for one in _choices(self._resolved(new, self._new)):
            choice = self._resolved(one, self._new)
            yield from self._choice(olds, choice, place)

    def _choice(self, olds: list[Schema], new: Schema, place: str) -> Iterator[str]:
        """Yield the problems of one alternative: those of the most similar old one."""
        resolved = [self._resolved(old, self._old) for old in olds]
        found = [
            list(self._same(old, new, place))
            for old in resolved
            if _covers_type(old, new)
        ]
        if not found:
            yield f"{place}: may be {_kind(new)} now"
        else:
            yield from min(found, key=len)

    def _same(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        """Yield the problems of two schemas of one type."""
        if (known := _values(old)) is not None:
            values = _values(new)
            extra = None if values is None else sorted(map(str, values - known))
            if extra is None:
                yield f"{place}: any value now"
            elif extra:
                yield f"{place}: new values {', '.join(extra)}"
        yield from self._fields(old, new, place)
        pairs = zip(
            old.get("prefixItems", ()), new.get("prefixItems", ()), strict=False
        )
        for number, (one, other) in enumerate(pairs):
            yield from self.of(one, other, f"{place}[{number}]")
        for name in ("items", "additionalProperties"):
            if isinstance(old.get(name), dict):
                part = new.get(name)
                yield from self.of(
                    old[name], part if isinstance(part, dict) else {}, f"{place}[]"
                )

    def _fields(self, old: Schema, new: Schema, place: str) -> Iterator[str]:
        fields = cast("dict[str, Schema]", new.get("properties", {}))
        always = set(new.get("required", ()))
        for name in old.get("required", ()):
            if name not in always:
                yield f"{place}.{name}: may be missing now"
        for name, content in old.get("properties", {}).items():
            if name in fields:
                yield from self.of(content, fields[name], f"{place}.{name}")
            elif name not in old.get("required", ()) and not self._may_lack:
                yield f"{place}.{name}: is gone"

    @staticmethod
    def _resolved(schema: Schema, document: Schema) -> Schema:
        while "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            schema = document["$defs"][name]
        return schema


def _choices(schema: Schema) -> list[Schema]:
    return schema.get("anyOf") or schema.get("oneOf") or [schema]


def _kind(schema: Schema) -> str:
    values = _values(schema)
    return str(
        schema.get("type") or (values and sorted(map(str, values))) or "anything"
    )


def _values(schema: Schema) -> set[Any] | None:
    """Return the values of a closed list; None: any."""
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def _covers_type(old: Schema, new: Schema) -> bool:
    """Say whether a reader of one type can read the other one."""
    kind, now = old.get("type"), new.get("type")
    if kind is None:
        return True
    if now is None:  # a list of values says of what type each is
        named = {TYPES.get(type(value)) for value in _values(new) or {object}}
        return named <= {kind, *(k for k, wide in WIDER.items() if wide == kind)}
    return now == kind or WIDER.get(str(now)) == kind
