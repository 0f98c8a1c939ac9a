"""Publication: which versions of an item publish something, and what."""

from typing import Any

from parallax.incidents.advice import from_image
from parallax.notify.publication import is_new, publications
from tests.parallax.notify.deliveries import deliver, to_topic
from tests.parallax.notify.published import mailed, record


def test_a_later_version_sends_what_its_own_record_did_not(cloud: Any) -> None:
    """The next version of the incident sends the mail of a lost record."""
    deliver(to_topic(cloud), record("front", 1, version=2))
    deliver(to_topic(cloud), record("front", 1, version=3))
    assert mailed(cloud) == ["front-1"]


def test_an_incident_publishes_its_finding_once() -> None:
    """Its later versions repeat the finding, and add nothing."""
    first, later = record("front", 1), record("front", 1, version=2)
    items = [from_image(one["dynamodb"]["NewImage"]) for one in (first, later)]
    assert [[p.id for p in publications(item)] for item in items] == [["front-1"]] * 2
    assert [is_new(item) for item in items] == [True, False]


def test_an_incident_without_a_finding_publishes_nothing() -> None:
    """It has just begun, and may end before an alarm is due."""
    one = record("front", 1, finding=None)
    assert publications(from_image(one["dynamodb"]["NewImage"])) == ()
