"""Protobuf: the objects that helm's and kubectl's typed clients send in binary form.

In: the body of a request. Out: the object as JSON has it. Raises ValueError if a body
is malformed, or if a kind is unknown here.
It does not: write protobuf; the clients accept JSON too.
Source: Kubernetes API concepts, "Protobuf encoding"; the field numbers of
`k8s.io/api/core/v1` and `k8s.io/apimachinery/pkg/apis/meta/v1` (generated.proto).
"""

import base64
from collections.abc import Iterator
from typing import Any

from lab.inside.kubernetes.store import Item

CONTENT_TYPE = "application/vnd.kubernetes.protobuf"
MAGIC = b"k8s\0"
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
MORE = 0x80
"""The bit of a byte that says that the number continues."""
TYPE_META, RAW = 1, 2
META = {
    1: "name",
    3: "namespace",
    11: ("labels", str),
    12: ("annotations", str),
}
FIELDS: dict[str, dict[int, Any]] = {
    "Namespace": {},
    "ConfigMap": {2: ("data", str), 3: ("binaryData", bytes)},
    "Secret": {2: ("data", bytes), 3: "type", 4: ("stringData", str)},
}
"""Number -> name of a text, or of a map and the type of its values."""


def decoded(body: bytes) -> Item:
    """Return the object of a request's body."""
    if not body.startswith(MAGIC):
        raise ValueError("expected the magic number of Kubernetes' protobuf")
    envelope = dict(_fields(body[len(MAGIC) :]))
    about = dict(_fields(envelope[TYPE_META]))
    version, kind = about[1].decode(), about[2].decode()
    if kind not in FIELDS:
        raise ValueError(f"the protobuf of kind {kind} is not known here")
    raw = envelope[RAW]
    meta = next((value for number, value in _fields(raw) if number == 1), b"")
    item = {"apiVersion": version, "kind": kind, "metadata": _read(meta, META)}
    return item | _read(raw, FIELDS[kind])


def _read(message: bytes, names: dict[int, Any]) -> Item:
    """Return the known fields of a message that are not empty."""
    found: Item = {}
    for number, value in _fields(message):
        name = names.get(number)
        if isinstance(name, str) and value:
            found[name] = value.decode()
        elif isinstance(name, tuple):
            pair = dict(_fields(value))
            content: bytes = pair.get(2, b"")
            text = name[1] is str
            key = pair.get(1, b"").decode()
            found.setdefault(name[0], {})[key] = (
                content.decode() if text else base64.b64encode(content).decode()
            )
    return found


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and value of each field of bytes; others are left out."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == BYTES:
            size, at = _varint(message, at)
            if at + size > len(message):
                raise ValueError("a field ends after the message")
            yield number, message[at : at + size]
            at += size
        elif wire == VARINT:
            _, at = _varint(message, at)
        elif wire in (FIXED64, FIXED32):
            at += 8 if wire == FIXED64 else 4
        else:
            raise ValueError(f"unknown wire type {wire}")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return a number and the position after it."""
    value = shift = 0
    while True:
        if at >= len(message):
            raise ValueError("a number ends after the message")
        byte = message[at]
        value |= (byte & ~MORE) << shift
        at, shift = at + 1, shift + 7
        if not byte & MORE:
            return value, at
