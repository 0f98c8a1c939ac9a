"""The stage's findings: each with the snapshot that it refers to."""

import json
from dataclasses import replace

from lab.stage.snapshots import with_snapshot
from parallax.model.stored_snapshot import decode_snapshot
from parallax.notify.event import cloud_event
from parallax.snapshots.bucket import Bucket
from tests.parallax import scenarios as s
from tests.parallax.sent_finding import FINDING


def test_a_finding_gets_the_snapshot_that_it_refers_to(bucket: str) -> None:
    """The printed finding can be judged again after the bucket is gone."""
    reference = Bucket(bucket).save(s.wrong_port())
    event = cloud_event(replace(FINDING, snapshot_ref=reference))
    printed = json.loads(json.dumps(with_snapshot(event)))
    assert decode_snapshot(printed["data"]["snapshot"]) == s.wrong_port()
    assert event["data"]["snapshot"] is None


def test_a_finding_without_a_reference_stays() -> None:
    """It contains its snapshot, or states why it has none."""
    event = cloud_event(FINDING)
    assert with_snapshot(event) == event
