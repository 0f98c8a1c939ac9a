"""Downloads: a snapshot with its own hash, and a clear reason for any other answer."""

import gzip
import json
from dataclasses import replace
from functools import cache
from hashlib import sha256
from typing import Any

import pytest
from botocore.stub import Stubber

from parallax import aws, aws_session
from parallax.aws import Limits
from parallax.model.wire import encode
from parallax.snapshots import download as module
from parallax.snapshots.bucket import Bucket
from parallax.snapshots.download import DownloadError, download, fetch
from tests.parallax import scenarios as s

OTHER = "0" * 64


def refused(url: str, expected: str | None = None) -> str:
    """Return the reason why a download failed."""
    with pytest.raises(DownloadError) as caught:
        download(url, expected)
    return str(caught.value)


def put(cloud: Any, bucket: str, key: str, body: bytes) -> str:
    """Store an object; return its URL."""
    cloud.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    return f"s3://{bucket}/{key}"


def test_what_was_saved_is_read_again(bucket: str) -> None:
    """By its reference, or by its address alone."""
    reference = Bucket(bucket).save(s.wrong_port())
    assert fetch(reference) == s.wrong_port()
    assert len(download(reference.url)) == reference.bytes


def test_other_bytes_than_the_finding_s_are_refused(cloud: Any, bucket: str) -> None:
    """By the hash in the event, and by the one in the object's name."""
    reference = Bucket(bucket).save(s.wrong_port())
    assert "its SHA-256 is" in refused(reference.url, OTHER)
    key = reference.url.removeprefix(f"s3://{bucket}/")
    put(cloud, bucket, key, gzip.compress(b"{}"))
    assert f"expected {reference.sha256}" in refused(reference.url)
    assert "damaged or replaced" in refused(reference.url, reference.sha256)


def test_an_expired_snapshot_is_named_as_such(bucket: str) -> None:
    """The reader learns of the lifecycle rule."""
    assert "expire after `SnapshotDays` days" in refused(f"s3://{bucket}/snapshots/a")
    assert "bucket does not exist" in refused(f"s3://{bucket}-gone/snapshots/a")


def test_missing_credentials_are_named(
    cloud: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error states which variables are expected."""
    del cloud
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    made_anew = cache(aws_session.session.__wrapped__)
    monkeypatch.setattr(aws_session, "session", made_anew)
    aws.client.cache_clear()
    assert "no AWS credentials; set AWS_PROFILE" in refused(f"s3://{bucket}/a")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("AccessDenied", "access denied. Reading needs s3:GetObject"),
        ("ExpiredToken", "S3 rejected the request: ExpiredToken"),
    ],
)
def test_a_rejection_is_named(bucket: str, code: str, reason: str) -> None:
    """S3 also denies access to an object that has expired."""
    with Stubber(aws.client("s3")) as stub:
        stub.add_client_error("get_object", code)
        assert reason in refused(f"s3://{bucket}/a")


def test_an_s3_that_cannot_be_reached_is_named(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that is refused has its own reason."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    once = aws.client("s3", Limits(attempts=1))
    monkeypatch.setattr(module, "client", lambda _: once)
    assert "cannot be read: Could not connect" in refused(f"s3://{bucket}/a")


def test_an_object_too_large_for_a_snapshot_is_not_loaded(
    cloud: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading stops at the limit."""
    monkeypatch.setattr(module, "LIMIT", 10)
    url = put(cloud, bucket, "large", b"x" * 11)
    assert "more than 10 bytes" in refused(url)
    assert len(download(put(cloud, bucket, "small", b"x" * 10))) == 10


def test_text_that_is_no_address_is_refused() -> None:
    """The error states the expected form."""
    assert "expected s3://<bucket>/<key>" in refused("s3://")


@pytest.mark.parametrize(
    "body",
    [
        b"not gzip",
        gzip.compress(b"not json"),
        gzip.compress(b"[]"),
        gzip.compress(json.dumps({"schema": "io.parallax.snapshot.v9"}).encode()),
        gzip.compress(
            json.dumps(encode(s.healthy()) | {"taken_at": 3j}, default=str).encode()
        ),
    ],
    ids=["no gzip", "no JSON", "no object", "schema", "field"],
)
def test_an_object_that_is_no_snapshot_is_an_error(
    cloud: Any, bucket: str, body: bytes
) -> None:
    """The reason names the object."""
    reference = Bucket(bucket).save(s.wrong_port())
    url = put(cloud, bucket, "other", body)
    wrong = replace(reference, url=url, sha256=sha256(body).hexdigest())
    with pytest.raises(DownloadError, match="not a snapshot"):
        fetch(wrong)
