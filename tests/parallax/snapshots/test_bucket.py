"""The bucket: what is stored, what a retry stores, and what a failure costs."""

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from typing import Any

import pytest

from parallax import aws
from parallax.model.stored_snapshot import decode_snapshot
from parallax.snapshots import bucket as module
from parallax.snapshots.bucket import PAUSE, UPLOAD, Bucket, NotStoredError
from tests.parallax import scenarios as s


class Clock:
    """A clock that a test moves."""

    seconds = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def objects(cloud: Any, bucket: str) -> list[str]:
    """Return the keys in a bucket."""
    listed = cloud.client("s3").list_objects_v2(Bucket=bucket)
    return [found["Key"] for found in listed.get("Contents", [])]


def test_the_reference_names_an_object_that_has_its_hash(
    cloud: Any, bucket: str
) -> None:
    """The object is gzipped JSON, and a browser unpacks it by itself."""
    reference = Bucket(bucket).save(s.wrong_port())
    (key,) = objects(cloud, bucket)
    assert reference.url == f"s3://{bucket}/{key}"
    assert key == f"snapshots/{s.NOW:%Y-%m-%d}/{reference.sha256}.json.gz"
    found = cloud.client("s3").get_object(Bucket=bucket, Key=key)
    body = found["Body"].read()
    assert (len(body), sha256(body).hexdigest()) == (reference.bytes, reference.sha256)
    assert (found["ContentType"], found["ContentEncoding"]) == (
        "application/json",
        "gzip",
    )
    assert decode_snapshot(json.loads(gzip.decompress(body))) == s.wrong_port()


def test_a_retry_writes_the_same_object(cloud: Any, bucket: str) -> None:
    """Equal snapshots have one address; another snapshot has its own."""
    first, again = (Bucket(bucket).save(s.wrong_port()) for _ in range(2))
    assert first == again
    assert len(objects(cloud, bucket)) == 1
    assert Bucket(bucket).save(s.healthy()) != first
    assert len(objects(cloud, bucket)) == 2


def test_a_bucket_that_is_gone_is_stated(bucket: str) -> None:
    """The reason names S3's own error."""
    with pytest.raises(NotStoredError, match=r"rejected the request \(NoSuchBucket\)"):
        Bucket(f"{bucket}-gone").save(s.wrong_port())


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give an S3 that accepts each connection and never responds."""
    held: list[socket.socket] = []

    def hold(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                held.append(server.accept()[0])

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        aws.client.cache_clear()
        accepting = threading.Thread(target=hold, args=(server,), daemon=True)
        accepting.start()
        yield
        server.shutdown(socket.SHUT_RDWR)
        accepting.join()
    for connection in held:
        connection.close()
    aws.client.cache_clear()


@pytest.mark.usefixtures("silent")
def test_a_silent_s3_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds whatever the socket does, and the reason names it."""
    monkeypatch.setattr(module, "SAVE_SECONDS", 0.05)
    with pytest.raises(NotStoredError, match=r"did not respond within 0\.05 seconds"):
        Bucket("snapshots").save(s.wrong_port())


def test_the_limit_leaves_a_mail_its_time() -> None:
    """Three seconds of thirty; a first address that hangs leaves time for another."""
    assert module.SAVE_SECONDS == 3
    assert UPLOAD.connect_seconds + UPLOAD.read_seconds <= module.SAVE_SECONDS
    assert UPLOAD.attempts > 1


def test_other_targets_do_not_wait_for_the_same_failure(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failure of three seconds, S3 is used again after thirty more."""
    clock = Clock()
    store = Bucket(bucket, clock)
    calls = 0

    def hang(*_: Any) -> None:
        nonlocal calls
        calls += 1
        clock.seconds += 3
        raise TimeoutError

    with monkeypatch.context() as patched:
        patched.setattr(module, "within", hang)
        for _ in range(100):
            with pytest.raises(NotStoredError, match="did not respond within 3"):
                store.save(s.wrong_port())
    assert calls == 1
    clock.seconds += 3 * PAUSE - 0.1
    with pytest.raises(NotStoredError, match="at an earlier attempt"):
        store.save(s.wrong_port())
    clock.seconds += 0.1
    assert store.save(s.wrong_port()).url.startswith("s3://")


def test_no_other_error_reaches_the_judgement(
    bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot that cannot be written does not hold back its finding."""

    def broken(_: object) -> bytes:
        raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")

    monkeypatch.setattr(module, "pack", broken)
    with pytest.raises(NotStoredError, match="UnicodeEncodeError"):
        Bucket(bucket).save(s.wrong_port())
