"""An excerpt has the fields of the snapshot that it was taken from."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.model.snapshot import Snapshot
from parallax.model.snapshot_excerpt import decode_excerpt, excerpt_of
from parallax.model.stored_snapshot import UnknownSchemaError, stored
from parallax.model.wire import encode
from tests.parallax import scenarios as s


def as_json(value: object) -> bytes:
    """Return the JSON of a value of the model."""
    return json.dumps(encode(value)).encode()


@pytest.mark.parametrize("snapshot", [s.wrong_port(), s.healthy()])
def test_both_forms_of_a_snapshot_are_read(snapshot: Snapshot) -> None:
    """That of the bucket, and the plain one of an earlier release."""
    for form in (stored(snapshot), snapshot):
        assert decode_excerpt(as_json(form)) == excerpt_of(snapshot)


def test_a_snapshot_without_the_last_good_probe_is_read() -> None:
    """Earlier releases did not store it."""
    plain = encode(s.wrong_port())
    plain.pop("last_good", None)
    assert decode_excerpt(json.dumps(plain).encode()).last_good is None


@pytest.mark.parametrize("schema", ["io.parallax.snapshot.v9", "", "x"])
def test_another_version_is_refused(schema: str) -> None:
    """Its fields may mean something else."""
    plain = encode(s.wrong_port()) | {"schema": schema}
    with pytest.raises(UnknownSchemaError, match="unknown snapshot schema"):
        decode_excerpt(json.dumps(plain).encode())


@given(body=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_other_bytes_are_a_value_error(body: bytes) -> None:
    """And no other exception."""
    with pytest.raises(ValueError, match=r"."):
        decode_excerpt(body)
