"""Stacks: what an update and a rollback do with the places that keep something.

In: the templates of today and of the last release. Out: what CloudFormation would keep.
It does not: deploy.
Source: AWS CloudFormation, "DeletionPolicy attribute".
"""

import json
from typing import Any

import pytest

from tests.consumers.freeze import FOLDER
from tests.consumers.stack import LAST
from tests.functions.template import RESOURCES

OLD: dict[str, Any] = json.loads((FOLDER / LAST / "resources.json").read_text())
KEEPS = {
    "AWS::DynamoDB::Table": ("KeySchema",),
    "AWS::S3::Bucket": (),
    "AWS::SQS::Queue": ("FifoQueue",),
}
"""What has a content, and the properties whose change would replace it."""
EMPTIED = {"DeadLetters", "RoutesQueue", "HalfMinute"}
"""Queues that a rollback deletes: docs/reliability.md has the steps before it."""
OLD_LETTERS = {
    f"{step}DeadLetters" for step in ("Probe", "Inspect", "Diagnose", "Notify")
}
"""Queues of the release that an update deletes: the same."""


def places(resources: dict[str, Any]) -> dict[str, Any]:
    """Return the resources that keep something, by logical id."""
    return {k: v for k, v in resources.items() if v["Type"] in KEEPS}


@pytest.mark.parametrize("name", sorted(places(OLD).keys() & places(RESOURCES).keys()))
def test_a_place_of_both_is_the_same_one(name: str) -> None:
    """Neither an update nor a rollback replaces it."""
    old, new = OLD[name], RESOURCES[name]
    assert old["Type"] == new["Type"]
    for key in KEEPS[new["Type"]]:
        assert old["Properties"].get(key) == new["Properties"].get(key)


def test_tables_and_findings_queue_are_places_of_both() -> None:
    """Journal, incidents, and the findings that nobody has read."""
    both = places(OLD).keys() & places(RESOURCES).keys()
    assert both == {"Journal", "Incidents", "FindingsQueue"}


def test_a_rollback_deletes_no_place_that_is_not_emptied() -> None:
    """A table or bucket stays in the account; the next update does not use it."""
    new = places(RESOURCES).keys() - places(OLD).keys() - EMPTIED
    assert new == {"Uptime", "SnapshotBucket", "StreamDeadLetterBucket"}
    for name in new:
        assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


def test_an_update_deletes_only_queues_of_dead_letters() -> None:
    """They are read before it."""
    assert places(OLD).keys() - places(RESOURCES).keys() == OLD_LETTERS
