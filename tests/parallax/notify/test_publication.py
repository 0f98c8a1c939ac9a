"""Publication: which versions of an item publish something, and what."""

from typing import Any

from parallax.notify.publication import from_image, is_new, publications
from tests.parallax.notify.deliveries import deliver, to_queue
from tests.parallax.notify.published import alert_record, queued, record


def test_a_later_version_sends_what_its_own_record_did_not(cloud: Any) -> None:
    """The next version of the incident sends the event of a lost record."""
    deliver(to_queue(cloud), record("front", 1, version=2))
    deliver(to_queue(cloud), record("front", 1, version=3))
    assert queued(cloud) == ["front-1"]


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


def test_an_alert_is_published_as_it_is() -> None:
    """Each version of its item is a new alert."""
    alert = from_image(alert_record("front", 2)["dynamodb"]["NewImage"])
    assert publications(alert) == (alert,)
    assert is_new(alert)
