"""The claim check: a new finding refers to its snapshot, or says why it does not."""

from dataclasses import replace
from typing import Any

import pytest

from parallax.diagnose.judge import judge
from parallax.model.finding import Incident
from parallax.snapshots.bucket import Bucket
from parallax.snapshots.claim_check import ClaimCheck
from parallax.snapshots.download import fetch
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s


def begun() -> Incident:
    """Make an incident whose finding is new."""
    snapshot = s.wrong_port()
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident is not None
    return incident


def test_a_new_finding_refers_to_its_snapshot(bucket: str) -> None:
    """Everything else of the incident stays."""
    before = begun()
    after = ClaimCheck(Bucket(bucket)).check_in(before)
    assert before.finding is not None
    assert after.finding is not None
    assert after.finding.snapshot is None
    assert after.finding.snapshot_problem is None
    assert after.finding.snapshot_ref is not None
    assert fetch(after.finding.snapshot_ref) == before.finding.snapshot
    kept = replace(after.finding, snapshot=before.finding.snapshot, snapshot_ref=None)
    assert replace(after, finding=kept) == before


def test_without_a_bucket_the_snapshot_stays_in_the_finding() -> None:
    """So it does with `sam local invoke`."""
    assert ClaimCheck(None).check_in(begun()) == begun()


def test_a_finding_without_its_snapshot_says_so(
    bucket: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One sentence for the reader, and a line in the log with the target."""
    after = ClaimCheck(Bucket(f"{bucket}-gone")).check_in(begun())
    assert after.finding is not None
    assert after.finding.snapshot is None
    assert after.finding.snapshot_ref is None
    assert after.finding.snapshot_problem == (
        "The snapshot was not stored: S3 rejected the request (NoSuchBucket)."
    )
    (line,) = caplog.records
    assert (line.levelname, line.message) == ("ERROR", "snapshot was not stored")
    assert vars(line)["target"] == "platform-api"


def test_the_incidents_of_one_judgement_share_one_object(
    cloud: Any, bucket: str
) -> None:
    """A conflict's retry stores nothing again."""
    snapshot, checks = s.wrong_port(), ClaimCheck(Bucket(bucket))
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident is not None
    first = checks.check_in(incident)
    (listed,) = cloud.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    cloud.client("s3").delete_object(Bucket=bucket, Key=listed["Key"])
    second = checks.check_in(replace(incident, subject="keybuzz/agent"))
    assert second.finding == first.finding
    assert "Contents" not in cloud.client("s3").list_objects_v2(Bucket=bucket)


def test_a_finding_that_was_published_is_not_changed(bucket: str) -> None:
    """A later version only repeats it, also one of an earlier release."""
    published = replace(begun(), version=7, found_in=5)
    checks = ClaimCheck(Bucket(bucket))
    assert checks.check_in(published) == published
    assert checks.check_in(replace(published, found_in=None)).finding == (
        published.finding
    )
    assert checks.check_in(replace(begun(), finding=None)).finding is None
