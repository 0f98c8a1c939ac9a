"""Bucket: stores snapshots in S3, each under the hash of its content.

In: a snapshot. Out: its reference; equal snapshots make one object.
It does not: delay its caller by more than `SAVE_SECONDS`, or raise another error than
`NotStoredError`.
Source: Amazon S3 API reference, `PutObject` (S3 rejects content whose SHA-256 differs
from the one in the request).
"""

import base64
from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from time import monotonic

from parallax.aws import Limits, client, error_code
from parallax.model.finding import SnapshotRef
from parallax.model.packed import pack
from parallax.model.snapshot import Snapshot
from parallax.model.stored_snapshot import stored
from parallax.snapshots.address import Address, key_of
from parallax.snapshots.deadline import within

SAVE_SECONDS = 3.0
"""Longest delay of a finding by S3; a mail may take 30 seconds in total."""
UPLOAD = Limits(connect_seconds=1, read_seconds=2, attempts=2)
"""One attempt per address of S3 that does not respond leaves time for a second one."""
PAUSE = 10
"""After a failure no attempt is made for this many times its duration, so that the
other targets of an invocation do not wait for the same failure one after the other."""


class NotStoredError(Exception):
    """S3 did not store a snapshot; the text is the reason, without a final period."""


class Bucket:
    """The bucket of a stack, in all invocations of one process."""

    def __init__(self, name: str, now: Callable[[], float] = monotonic) -> None:
        self.name = name
        self._now = now
        self._resume_at = float("-inf")
        self._reason = ""

    def save(self, snapshot: Snapshot) -> SnapshotRef:
        """Store a snapshot; raises `NotStoredError` after at most `SAVE_SECONDS`."""
        begun = self._now()
        if begun < self._resume_at:
            raise NotStoredError(f"{self._reason} at an earlier attempt")
        try:
            return self._put(snapshot.taken_at, pack(stored(snapshot)))
        except Exception as error:
            now = self._now()
            self._resume_at = now + PAUSE * (now - begun)
            self._reason = _reason(error)
            raise NotStoredError(self._reason) from error

    def _put(self, taken_at: datetime, body: bytes) -> SnapshotRef:
        digest = sha256(body)
        address = Address(self.name, key_of(taken_at, digest.hexdigest()))
        put = partial(
            client("s3", UPLOAD).put_object,
            Bucket=address.bucket,
            Key=address.key,
            Body=body,
            ContentType="application/json",
            ContentEncoding="gzip",
            ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
        )
        within(SAVE_SECONDS, put)
        return SnapshotRef(url=address.url, sha256=digest.hexdigest(), bytes=len(body))


@cache
def open_bucket(name: str) -> Bucket:
    """Return a bucket; there is one for each name, which remembers a failure."""
    return Bucket(name)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"S3 did not respond within {SAVE_SECONDS:g} seconds"
    code = error_code(error)
    if code:
        return f"S3 rejected the request ({code})"
    return f"S3 could not be used ({type(error).__name__})"
