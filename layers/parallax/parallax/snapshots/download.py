"""Download: a stored snapshot, read from S3 and verified.

In: an `s3://` URL, and the expected SHA-256 if there is one. Out: the object's bytes,
or the snapshot in them. The usual variables of AWS set region and credentials.
It does not: retry beyond boto3's own attempts, or write. Of a snapshot that a page
shows, only the excerpt is decoded: all 500 nodes of a large cluster take 150 ms of CPU.
Source: Amazon S3 API reference, `GetObject` (without `s3:ListBucket`, S3 responds 403
for an object that does not exist).
"""

import json
from functools import partial
from hashlib import sha256
from typing import Any

from parallax.aws import Limits, client, error_code
from parallax.model.finding import SnapshotRef
from parallax.model.packed import UNPACKED_LIMIT, inflate
from parallax.model.snapshot import Snapshot
from parallax.model.snapshot_excerpt import Excerpt, decode_excerpt
from parallax.model.stored_snapshot import decode_snapshot
from parallax.snapshots.address import Address, hash_in, parse
from parallax.snapshots.deadline import within

LIMIT = UNPACKED_LIMIT
"""Bytes of an object; a snapshot of 500 nodes has less than 1 MB."""
FOR_A_PAGE = Limits(connect_seconds=1, read_seconds=2, attempts=2)
PAGE_SECONDS = 4.0
"""Longest delay of a page by S3: without a snapshot it still shows the finding."""
_REASONS = {
    "NoSuchKey": "it does not exist. Snapshots expire after `SnapshotDays` days",
    "NoSuchBucket": "the bucket does not exist in this account and partition",
    "AccessDenied": (
        "access denied. Reading needs s3:GetObject; without s3:ListBucket, S3 also"
        " responds so for an object that has expired"
    ),
}
"""Error codes of S3 -> what they mean here."""


class DownloadError(Exception):
    """A snapshot cannot be read or is not the expected one; the text has the reason."""


def download(
    url: str, expected: str | None = None, limits: Limits | None = None
) -> bytes:
    """Return the bytes of an object; raises `DownloadError`.

    Their SHA-256 must be `expected`, and the one in the object's name, if it has one.
    `limits`: how long S3 may take; None: as long as for other AWS requests.
    """
    address = parse(url)
    if address is None:
        raise DownloadError(f"{url}: not an address; expected s3://<bucket>/<key>")
    body = _read(address, limits)
    for wanted in (expected, hash_in(address.key)):
        check(body, wanted, url)
    return body


def check(body: bytes, expected: str | None, name: str) -> None:
    """Raise `DownloadError` if the bytes have another SHA-256 than expected."""
    actual = sha256(body).hexdigest()
    if expected is not None and expected != actual:
        raise DownloadError(
            f"{name}: damaged or replaced: its SHA-256 is {actual}, expected {expected}"
        )


def fetch(reference: SnapshotRef) -> Snapshot:
    """Return the snapshot of a finding; raises `DownloadError`."""
    body = download(reference.url, reference.sha256)
    try:
        return decode_snapshot(json.loads(inflate(body, UNPACKED_LIMIT)))
    except (ValueError, AttributeError) as error:
        raise DownloadError(f"{reference.url}: not a snapshot: {error}") from error


def download_for_page(reference: SnapshotRef, bucket: str | None = None) -> bytes:
    """Return the bytes of a finding's snapshot within `PAGE_SECONDS`.

    Raises `DownloadError`, also if S3 takes longer, or if the snapshot is in another
    bucket than `bucket`, which the function may not read.
    """
    address = parse(reference.url)
    if bucket and address and address.bucket != bucket:
        reason = "in another bucket than this stack's"
        raise DownloadError(f"{reference.url}: {reason}")
    get = partial(download, reference.url, reference.sha256, FOR_A_PAGE)
    try:
        return within(PAGE_SECONDS, get)
    except TimeoutError as error:
        late = f"S3 did not respond within {PAGE_SECONDS:g} seconds"
        raise DownloadError(f"{reference.url}: {late}") from error


def fetch_excerpt(reference: SnapshotRef, bucket: str | None = None) -> Excerpt:
    """Return what a page shows of a finding's snapshot; raises `DownloadError`."""
    body = download_for_page(reference, bucket)
    try:
        return decode_excerpt(inflate(body, UNPACKED_LIMIT))
    except (ValueError, AttributeError) as error:
        reason = f"{reference.url}: not a snapshot that this release reads"
        raise DownloadError(reason) from error


def _read(address: Address, limits: Limits | None) -> bytes:
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        BotoCoreError,
        ClientError,
        NoCredentialsError,
        PartialCredentialsError,
    )

    try:
        s3 = client("s3", limits) if limits else client("s3")
        found: Any = s3.get_object(Bucket=address.bucket, Key=address.key)
        body: bytes = found["Body"].read(LIMIT + 1)
    except (NoCredentialsError, PartialCredentialsError) as error:
        wanted = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        raise DownloadError(f"{address.url}: no AWS credentials; {wanted}") from error
    except ClientError as error:
        code = error_code(error) or "unknown"
        reason = _REASONS.get(code, f"S3 rejected the request: {code}")
        raise DownloadError(f"{address.url}: {reason}") from error
    except BotoCoreError as error:
        raise DownloadError(f"{address.url}: cannot be read: {error}") from error
    if len(body) > LIMIT:
        raise DownloadError(f"{address.url}: more than {LIMIT} bytes; not a snapshot")
    return body
