"""The binary objects of helm and kubectl."""

import base64
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.inside.kubernetes.writes.protobuf import MAGIC, decoded

TEXTS = st.dictionaries(st.text(min_size=1), st.text(min_size=1), max_size=4)


def size(value: int) -> bytes:
    """Return a number as protobuf writes it."""
    more = value >> 7
    return bytes([value & 0x7F | (0x80 if more else 0)]) + (size(more) if more else b"")


def field(number: int, content: bytes) -> bytes:
    """Return a field of bytes."""
    return size(number << 3 | 2) + size(len(content)) + content


def mapping(number: int, content: Mapping[str, bytes]) -> bytes:
    """Return a map: one message with key and value for each entry."""
    return b"".join(
        field(number, field(1, key.encode()) + field(2, value))
        for key, value in content.items()
    )


def body(kind: str, name: str, more: bytes, meta: bytes = b"") -> bytes:
    """Return a request's body, with a number (`generation`) that nobody needs."""
    about = field(1, b"v1") + field(2, kind.encode())
    metadata = field(1, name.encode()) + size(7 << 3) + size(300) + meta
    return MAGIC + field(1, about) + field(2, field(1, metadata) + more)


@given(st.text(min_size=1), TEXTS, st.dictionaries(st.text(min_size=1), st.binary()))
def test_a_secret_is_read_as_it_was_written(
    name: str, labels: dict[str, str], data: dict[str, bytes]
) -> None:
    """Name, labels, type, and data in base64 as in JSON."""
    meta = mapping(11, {key: value.encode() for key, value in labels.items()})
    more = mapping(2, data) + field(3, b"Opaque")
    item = decoded(body("Secret", name, more, meta))
    assert (item["apiVersion"], item["kind"]) == ("v1", "Secret")
    assert item["metadata"]["name"] == name
    assert item["metadata"].get("labels", {}) == labels
    assert item["type"] == "Opaque"
    assert {k: base64.b64decode(v) for k, v in item.get("data", {}).items()} == data


def test_a_config_map_has_texts() -> None:
    """An empty value is a value; an empty namespace is none."""
    item = decoded(body("ConfigMap", "a", mapping(2, {"b": b"c", "d": b""})))
    assert item["data"] == {"b": "c", "d": ""}
    assert "namespace" not in item["metadata"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{}", "magic number"),
        (body("Node", "a", b""), "kind Node"),
        (body("Secret", "a", b"")[:-1], "ends after the message"),
        (body("Secret", "a", bytes([15])), "unknown wire type"),
        (body("Secret", "a", bytes([0x80])), "a number ends"),
    ],
)
def test_a_malformed_body_is_rejected(content: bytes, problem: str) -> None:
    """The error says what is wrong."""
    with pytest.raises(ValueError, match=problem):
        decoded(content)
