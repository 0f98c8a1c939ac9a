"""Packed values: packing is reversible, and damage is one kind of error."""

import base64
import gzip
import json
import tracemalloc
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model import packed
from parallax.model.balancer import (
    BalancerReading,
    BalancerTarget,
    LoadBalancer,
)
from parallax.model.finding import Incident, State
from parallax.model.packed import (
    TooLargeError,
    UnreadableError,
    in_clear,
    inflate,
    pack,
    unpack,
)

NOW = datetime(2025, 11, 20, 12, 0, tzinfo=UTC)
READING = BalancerReading(
    target="front", read_at=NOW, load_balancer=LoadBalancer(id=1, name="Größe 東京")
)
INCIDENT = Incident(
    id="1", subject="front", state=State.FIRING, since=NOW, changed_at=NOW, cause="none"
)
WHOLE = [READING, INCIDENT]
junk = st.none() | st.booleans() | st.integers() | st.text() | st.binary()


def zipped(text: str) -> bytes:
    """Pack a text that no value of the model has."""
    return gzip.compress(text.encode(), mtime=0)


@pytest.mark.parametrize("value", WHOLE)
def test_what_was_packed_comes_back(value: Any) -> None:
    """As bytes and as the base64 text of a stream record; equal values, equal bytes."""
    assert unpack(type(value), pack(value)) == value
    assert unpack(type(value), base64.b64encode(pack(value)).decode()) == value
    assert pack(value) == pack(value)


@pytest.mark.parametrize("value", WHOLE)
def test_every_prefix_is_unreadable(value: Any) -> None:
    """A truncated payload is one error, wherever it was cut, in both forms."""
    whole = pack(value)
    text = base64.b64encode(whole).decode()
    for end in range(len(whole)):
        with pytest.raises(UnreadableError):
            unpack(type(value), whole[:end])
    for end in range(len(text)):
        with pytest.raises(UnreadableError):
            unpack(type(value), text[:end])


@pytest.mark.parametrize("value", WHOLE)
def test_a_flipped_bit_is_harmless_or_unreadable(value: Any) -> None:
    """Each bit of the payload, one at a time: no other error, and no other value."""
    whole = pack(value)
    for place in range(len(whole)):
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            try:
                assert unpack(type(value), bytes(damaged)) == value
            except UnreadableError:
                continue


@given(st.binary() | st.text())
def test_no_payload_is_another_error(payload: bytes | str) -> None:
    """Any bytes, and any text where base64 belongs."""
    with pytest.raises(UnreadableError):
        unpack(Incident, payload)


DEEP = '{"targets":[' * 50_000
INNER = json.dumps({"type": "server"})
for _ in range(80):
    INNER = json.dumps({"type": "label_selector", "targets": [json.loads(INNER)]})


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Incident, "null"),
        (Incident, "[]"),
        (Incident, "{}"),
        (Incident, "1" * 5000),
        (Incident, "NaN"),
        (Incident, '"\\ud800"'),
        (Incident, json.dumps({"state": "firing", "since": 1e300})),
        (BalancerTarget, DEEP),
        (BalancerTarget, "[" * 1_000_000),
    ],
)
def test_wrong_json_is_unreadable(kind: type, text: str) -> None:
    """Of another kind, with numbers beyond all bounds, nested without an end."""
    with pytest.raises(UnreadableError):
        unpack(kind, zipped(text))


def test_a_deep_value_is_read_or_unreadable() -> None:
    """Nesting within JSON's limits, but deeper than any cluster's: still one error."""
    try:
        assert unpack(BalancerTarget, zipped(INNER)).type == "label_selector"
    except UnreadableError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("payload", [None, 1, [], {}, 1.5])
def test_a_payload_of_another_type_is_unreadable(payload: Any) -> None:
    """DynamoDB's other types: a number, a list, a map, nothing."""
    with pytest.raises(UnreadableError, match="expected bytes"):
        unpack(Incident, payload)


def test_a_bomb_does_not_exhaust_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacking stops at the limit, however much more there is."""
    bomb = zlib.compress(b"[" * 200_000_000, wbits=16 + zlib.MAX_WBITS)
    monkeypatch.setattr(packed, "UNPACKED_LIMIT", 1_000_000)
    tracemalloc.start()
    with pytest.raises(UnreadableError, match="more than 1000000 bytes"):
        unpack(Incident, bomb)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_inflating_stops_at_the_limit_and_at_the_end() -> None:
    """A limit that is met exactly is kept; what follows the end is refused."""
    body = zipped("x" * 100)
    assert inflate(body, 100) == b"x" * 100
    with pytest.raises(TooLargeError):
        inflate(body, 99)
    with pytest.raises(ValueError, match="extra bytes"):
        inflate(body + b"x", 100)


def test_the_reason_is_one_short_line() -> None:
    """It is logged: it has the field's name, and no value."""
    text = json.dumps({"id": ["\x1b[2J\nprivate" * 9_999]})
    with pytest.raises(UnreadableError) as caught:
        unpack(Incident, zipped(text))
    assert str(caught.value).startswith("id: ")
    assert len(str(caught.value)) <= 300
    assert not set(str(caught.value)) & {"\x1b", "\n"}
    assert "private" not in str(caught.value)


@given(junk | st.dictionaries(st.text(), junk | st.dictionaries(st.text(), junk)))
def test_what_stands_in_clear_is_of_its_type_or_absent(image: Any) -> None:
    """No image makes it raise."""
    for kind, right in {"S": str, "N": str, "B": (bytes, str), "L": list}.items():
        for name in [*image, "pk"] if isinstance(image, dict) else ["pk"]:
            found = in_clear(image, name, kind)
            assert found is None or isinstance(found, right)
