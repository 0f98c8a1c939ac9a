"""Addresses of snapshots: written, read, and rejected."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parallax.snapshots.address import Address, hash_in, key_of, parse

HASH = "ab" * 32


def test_a_key_has_the_day_in_utc_and_the_hash() -> None:
    """The day makes a listing short; the hash makes a retry the same object."""
    at = datetime(2026, 12, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    key = key_of(at, HASH)
    assert key == f"snapshots/2026-11-30/{HASH}.json.gz"
    address = Address("parallax-snapshots", key)
    assert parse(address.url) == address
    assert hash_in(key) == HASH


@pytest.mark.parametrize(
    "url",
    [
        *("", "s3://", "s3://bucket", "s3://bucket/", "https://bucket/key"),
        *("s3://UPPER/key", "s3://-b/key", "s3:///key", "s3://a b/key"),
        "s3://bucket/" + "k" * 1025,
    ],
)
def test_another_url_is_no_address(url: str) -> None:
    """It names no object of S3."""
    assert parse(url) is None


@given(st.text())
def test_any_text_is_an_address_or_not(text: str) -> None:
    """No text raises an error."""
    for url in (text, f"s3://bucket/{text}"):
        address = parse(url)
        assert address is None or address.url == url
    assert hash_in(text) is None


@pytest.mark.parametrize("name", ["a.json.gz", f"{HASH}.json", f"x{HASH}.json.gz"])
def test_only_a_whole_name_holds_a_hash(name: str) -> None:
    """A file that a person renamed is not compared."""
    assert hash_in(name) is None
    assert hash_in(f"saved/{HASH}.json.gz") == HASH
