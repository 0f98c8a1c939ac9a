"""Address: where a snapshot is stored.

In: an instant and a hash, or a URL. Out: the key of an object, or bucket and key.
It does not: check that the object exists.
Source: Amazon S3 User Guide, "General purpose bucket naming rules" and "Naming Amazon
S3 objects" (a key has at most 1,024 bytes).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

PREFIX = "snapshots"
_URL = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?P<key>.+)")
_HASH = re.compile(r"(?:^|/)(?P<sha256>[0-9a-f]{64})\.json\.gz$")
KEY_LIMIT = 1024
"""Bytes of a key."""


@dataclass(frozen=True, slots=True)
class Address:
    """Bucket and key of an object."""

    bucket: str
    key: str

    @property
    def url(self) -> str:
        """The address as `s3://bucket/key`."""
        return f"s3://{self.bucket}/{self.key}"


def key_of(taken_at: datetime, sha256: str) -> str:
    """Return the key of a snapshot, equal for equal content."""
    return f"{PREFIX}/{taken_at.astimezone(UTC):%Y-%m-%d}/{sha256}.json.gz"


def parse(url: str) -> Address | None:
    """Return bucket and key of an `s3://` URL; None if it has not this form."""
    found = _URL.fullmatch(url)
    if found is None or len(found["key"].encode(errors="replace")) > KEY_LIMIT:
        return None
    return Address(found["bucket"], found["key"])


def hash_in(name: str) -> str | None:
    """Return the hash in the name of a stored snapshot; None for any other name."""
    found = _HASH.search(name)
    return found and found["sha256"]
