"""Components: JSON Schemas of several classes with their definitions in one place.

In: schemas with `$defs`. Out: the same with references into `#/components/schemas`, and
all definitions by name.
It does not: rename a definition; two different ones of one name are an error.
"""

from collections.abc import Mapping
from typing import Any, cast

type Schema = dict[str, Any]
PLACE = "#/components/schemas/"


class Components:
    """The definitions of one document."""

    def __init__(self) -> None:
        self.schemas: dict[str, Schema] = {}

    def add(self, name: str, schema: Schema) -> Schema:
        """Add a schema with its definitions; return the reference to it."""
        own = {key: value for key, value in schema.items() if key[:1] != "$"}
        for each, content in schema.get("$defs", {}).items():
            self._put(each, content)
        self._put(name, own)
        return {"$ref": f"{PLACE}{name}"}

    def _put(self, name: str, schema: Schema) -> None:
        moved: Schema = _moved(schema)
        if self.schemas.setdefault(name, moved) != moved:
            raise ValueError(f"two different schemas are named {name}")


def _moved(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return JSON whose references lead to the components."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return {key: _moved(item) for key, item in pairs}
    if isinstance(value, list):
        return [_moved(item) for item in cast("list[Any]", value)]
    if isinstance(value, str):
        return value.replace("#/$defs/", PLACE)
    return value
