"""Shape: read fields of the API's JSON that may be absent.

In: an object of the API. Out: a part of it, or its name.
It does not: interpret or check the parts.
"""

from typing import Any, cast

from parallax.model.balancer import ANY_PORT

type Json = Any
"""What the API sent, as `json` reads it; it may be of any shape."""


def part(item: Json, name: str) -> Json:
    """Return an object within one; an empty one for null or an absent field."""
    empty: dict[str, Json] = {}
    return item.get(name) or empty


def every(item: Json, name: str) -> tuple[Json, ...]:
    """Return a list within an object; an empty one for null or an absent field."""
    return tuple(item.get(name) or ())


def name_of(item: Json) -> str:
    """Return an item's name for a log; never raises."""
    return str(_fields(item).get("name", "without a name"))


def identity(item: Json) -> str:
    """Return what distinguishes an item within its list; never raises."""
    return str(_fields(item).get("id", item))


def listen_port(item: Json) -> int:
    """Return the port that a service listens on, or `ANY_PORT`; never raises."""
    port = _fields(item).get("listen_port")
    if not isinstance(port, int) or isinstance(port, bool):
        return ANY_PORT
    return port if port in range(1, 65536) else ANY_PORT


def _fields(item: Json) -> dict[str, Json]:
    return cast("dict[str, Json]", item) if isinstance(item, dict) else {}
