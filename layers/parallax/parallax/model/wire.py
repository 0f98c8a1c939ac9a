"""Wire: the model's values as JSON, and back.

In: frozen dataclasses of `parallax.model`, or their JSON.
Out: plain dicts with OpenTelemetry's attribute names, or checked values.
It does not: import pydantic before a value is decoded. The probe function only
encodes, and pydantic would cost 130 ms of each of its cold starts.
Source of the names: OpenTelemetry semantic conventions (HTTP, network, URL,
error, Kubernetes resource).
"""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, cast

type Json = Any
"""What `json.dumps` accepts: dicts, lists, strings, numbers, booleans."""

YEARS = range(1970, 2200)
"""Years of valid instants: they include a clock that was never set, and adding a skew
never overflows. Ingest rejects other years, and the agent sends none."""
WIRE_NAMES = {
    "method": "http.request.method",
    "url": "url.full",
    "status_code": "http.response.status_code",
    "server_address": "server.address",
    "peer_address": "network.peer.address",
    "peer_port": "network.peer.port",
    "error_type": "error.type",
    "node": "k8s.node.name",
    "pod": "k8s.pod.name",
    "namespace": "k8s.namespace.name",
    "cluster": "k8s.cluster.name",
    "class_": "class",
    "events": "news",
    "published": "told",
}
"""Field name -> name in JSON; other fields keep their name."""


def wire_name(field: str) -> str:
    """Return a field's name in JSON."""
    return WIRE_NAMES.get(field, field)


def wired[T](cls: type[T]) -> type[T]:
    """Make pydantic read and write a dataclass by wire names."""
    cls.__pydantic_config__ = {  # type: ignore[attr-defined]
        "alias_generator": wire_name,
        "validate_by_name": True,
        "validate_by_alias": True,
        "extra": "ignore",
    }
    return cls


def encode(value: object) -> Json:
    """Return model values as `json.dumps` accepts them; None fields are left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in fields(value))
        return {wire_name(k): encode(v) for k, v in pairs if v is not None}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [encode(item) for item in cast("tuple[object, ...]", value)]
    if isinstance(value, dict):
        mapping = cast("dict[str, object]", value)
        return {key: encode(item) for key, item in mapping.items()}
    return value


@cache
def _adapter(kind: type) -> Any:  # noqa: ANN401 - pydantic's own type
    from pydantic import TypeAdapter  # noqa: PLC0415 - kept off the cold start

    return TypeAdapter(kind)


def decode[T](kind: type[T], data: Json) -> T:
    """Validate plain data against a model class, and return its value.

    Raises `pydantic.ValidationError`, which lists each wrong field.
    """
    return _adapter(kind).validate_python(data)


def decode_json[T](kind: type[T], text: str | bytes) -> T:
    """Like `decode`, from JSON text."""
    return _adapter(kind).validate_json(text)


def schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of a model class, by wire names."""
    return _adapter(kind).json_schema(by_alias=True, mode="serialization")
