"""The snapshot of a page: read and verified, or a sentence that states why not.

The same bad objects are opened through the endpoint: the page is shown in each case.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from threading import Event
from typing import Any

import pytest
from botocore.stub import Stubber

from parallax import aws
from parallax.groups.table import DynamoGroups
from parallax.links.key import LinkKey
from parallax.links.signature import Link, Signer
from parallax.model.finding import SnapshotRef
from parallax.model.snapshot import Snapshot
from parallax.model.snapshot_excerpt import excerpt_of
from parallax.model.wire import encode
from parallax.report.endpoint import Endpoint
from parallax.report.observed import observed
from parallax.report.request import raw_path
from parallax.report.response import Response
from parallax.snapshots import download
from parallax.snapshots.bucket import Bucket
from parallax.story.rules import Rules
from tests.conftest import Cloud
from tests.parallax import scenarios as s
from tests.parallax.open_group import ALERT, BOARD, GROUP_ID, store
from tests.parallax.sent_finding import NOON
from tests.parallax.snapshots.test_size import large as large  # noqa: PLC0414 - a fixture

SNAPSHOT = s.wrong_port()
MISSING = "The phases, the headers and the earlier probes are missing."


class Opened:
    """A stack with an open incident whose finding refers to a snapshot."""

    def __init__(self, cloud: Cloud, bucket: str) -> None:
        self.cloud, self.bucket = cloud, bucket
        self.reference = Bucket(bucket).save(SNAPSHOT)

    def put(self, body: bytes) -> SnapshotRef:
        """Store another object; return its reference."""
        self.cloud.client("s3").put_object(
            Bucket=self.bucket, Key=f"snapshots/{len(body)}", Body=body
        )
        return SnapshotRef(
            url=f"s3://{self.bucket}/snapshots/{len(body)}",
            sha256=sha256(body).hexdigest(),
            bytes=len(body),
        )

    def get(self, reference: SnapshotRef | None, **event: Any) -> Response:
        """Open the incident's link."""
        finding = replace(ALERT.finding, snapshot_ref=reference)
        version = DynamoGroups(self.cloud.incidents).get().version
        board = replace(BOARD, version=version)
        store(self.cloud.incidents, board, replace(ALERT, finding=finding))
        key = LinkKey(self.cloud.incidents)
        signer = Signer(stack=self.cloud.incidents, key=key.read_or_create())
        link = signer.sign(GROUP_ID, NOON)
        later = NOON + timedelta(minutes=37)
        endpoint = Endpoint(self.cloud.incidents, Rules(), key, lambda: later)
        return endpoint.respond(request(link, **event))


def request(link: Link, *, raw: bool = False, **changes: Any) -> dict[str, Any]:
    """Return the function URL's event."""
    path, _, query = (raw_path(link) if raw else link.path).partition("?")
    event = {
        "rawPath": path,
        "rawQueryString": query,
        "requestContext": {"http": {"method": "GET"}},
        "headers": {"Accept-Encoding": "gzip, br"},
    }
    return event | changes


@pytest.fixture
def opened(cloud: Cloud, bucket: str) -> Opened:
    """Give a test an open incident with a snapshot."""
    return Opened(cloud, bucket)


def test_the_page_shows_what_the_snapshot_holds(opened: Opened) -> None:
    """Phases, headers and past probes; the finding alone has none of them."""
    response = opened.get(opened.reference)
    assert response.status_code == 200
    assert "Failing probe" in response.page
    assert "No server is available to handle this request." in response.page
    assert MISSING not in response.page
    assert f"parallax judge {opened.reference.url}" in response.page
    assert "/snapshot.json?s=" in response.page


def test_a_finding_that_contains_its_snapshot_needs_no_bucket() -> None:
    """As in a stack without one."""
    finding = replace(ALERT.finding, snapshot=SNAPSHOT)
    assert observed(finding).excerpt == excerpt_of(SNAPSHOT)


def test_a_page_reads_only_the_stack_s_own_bucket(bucket: str) -> None:
    """Its role may read no other one; S3 would only say that access is denied."""
    reference = Bucket(bucket).save(SNAPSHOT)
    finding = replace(ALERT.finding, snapshot_ref=reference)
    assert observed(finding, bucket).excerpt == excerpt_of(SNAPSHOT)
    assert "in another bucket" in observed(finding, f"{bucket}-2").problem


def broken(opened: Opened) -> dict[str, tuple[SnapshotRef | None, str]]:
    """Return references that lead to no snapshot, and what the page says."""
    good = opened.reference
    other = {"schema": "io.parallax.snapshot.v9"}
    old = encode(SNAPSHOT) | {"run": {"target": 3}}
    return {
        "none": (None, "This finding has no snapshot."),
        "expired": (
            replace(good, url=f"s3://{opened.bucket}/snapshots/gone"),
            "Snapshots expire after",
        ),
        "no bucket": (
            replace(good, url=f"s3://{opened.bucket}-gone/snapshots/x"),
            "the bucket does not exist",
        ),
        "other bytes": (
            replace(opened.put(b"other"), sha256="0" * 64),
            "damaged or replaced",
        ),
        "no address": (replace(good, url="https://x.example"), "not an address"),
        "not gzip": (opened.put(b"other"), "not a snapshot that this release reads"),
        "another version": (
            opened.put(gzip.compress(json.dumps(other).encode())),
            "not a snapshot that this release reads",
        ),
        "wrong field": (
            opened.put(gzip.compress(json.dumps(old).encode())),
            "not a snapshot that this release reads",
        ),
    }


CASES = (
    "none",
    "expired",
    "no bucket",
    "other bytes",
    "no address",
    "not gzip",
    "another version",
    "wrong field",
)


@pytest.mark.parametrize("case", CASES)
def test_without_a_snapshot_the_page_says_what_is_missing(
    opened: Opened, case: str
) -> None:
    """And shows everything else: cause, command, path, response and timeline."""
    reference, reason = broken(opened)[case]
    response = opened.get(reference)
    assert response.status_code == 200
    assert reason in response.page
    assert MISSING in response.page
    for part in ("Cause (", "Run this next", "Path of a request", "Timeline", "<form"):
        assert part in response.page, part


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "InternalError"])
def test_a_bucket_that_refuses_is_named(opened: Opened, code: str) -> None:
    """With AWS's code."""
    with Stubber(aws.client("s3", download.FOR_A_PAGE)) as stub:
        stub.add_client_error("get_object", code)
        page = opened.get(opened.reference).page
    reason = "access denied" if code == "AccessDenied" else code
    assert reason in page
    assert MISSING in page


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Give a test an S3 that does not respond before the test ends."""
    end = Event()

    class Silent:
        def get_object(self, **_: object) -> None:
            end.wait()

    monkeypatch.setattr(download, "client", lambda *_: Silent())
    monkeypatch.setattr(download, "PAGE_SECONDS", 0.05)
    yield end
    end.set()


def test_a_bucket_that_does_not_respond_delays_the_page_only_shortly(
    opened: Opened, silent: Event
) -> None:
    """The function itself has 20 seconds."""
    assert not silent.is_set()
    page = opened.get(opened.reference).page
    assert "S3 did not respond within 0.05 seconds" in page
    assert MISSING in page


def test_a_snapshot_of_500_nodes_makes_a_small_page(
    opened: Opened, large: Snapshot
) -> None:
    """The agents' reports are neither decoded nor shown."""
    reference = Bucket(opened.bucket).save(large)
    assert reference.bytes > 400_000
    page = opened.get(reference).page
    assert "Failing probe" in page
    assert len(page.encode()) < 150_000
    assert opened.get(reference, raw=True).status_code == 200


def test_an_unexpected_error_is_no_broken_page(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has it; the page does not repeat it."""
    monkeypatch.setattr(download, "inflate", lambda *_: 1 / 0)
    page = opened.get(opened.reference).page
    assert "an error in Parallax" in page
    assert "ZeroDivisionError" not in page
    assert "snapshot was not readable" in caplog.messages
