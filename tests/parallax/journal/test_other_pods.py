"""Other pods: their probes are beside a report's payload, and come back."""

from dataclasses import replace

import pytest

from parallax.journal import observation
from parallax.journal.observation import from_image, latest_item
from parallax.journal.other_pods import ATTRIBUTE
from parallax.model.cluster import NodeReport
from parallax.model.packed import TooLargeError, UnreadableError, unpack
from parallax.model.probe import Role
from tests.parallax.nodes import to_cluster_pods
from tests.parallax.pieces import CLOSED, reports
from tests.parallax.scenarios import healthy

REPORT = to_cluster_pods(healthy(), CLOSED).reports[0]


def test_a_report_is_read_as_it_was_stored() -> None:
    """With the probes of all roles, in their order."""
    assert any(p.role is Role.OTHER_POD for p in REPORT.probes)
    assert from_image(latest_item(REPORT)) == REPORT


def test_the_payload_has_only_roles_of_the_first_release() -> None:
    """It rejects the whole report because of one that it does not know."""
    stored = unpack(NodeReport, latest_item(REPORT)["payload"]["B"])
    assert stored.probes == tuple(
        p for p in REPORT.probes if p.role is not Role.OTHER_POD
    )


def test_a_report_without_such_probes_has_no_attribute() -> None:
    """Nearly all reports: the item is as it was."""
    assert ATTRIBUTE not in latest_item(reports()[0])


def test_a_damaged_attribute_makes_the_report_unreadable() -> None:
    """As a damaged payload does: half a report would be taken for a whole one."""
    item = latest_item(REPORT)
    for damage in ({"B": b"no"}, {"S": "no"}, {}):
        with pytest.raises(UnreadableError):
            from_image(item | {ATTRIBUTE: damage})


def test_the_limit_counts_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB rejects an item by its whole size."""
    payload = len(latest_item(REPORT)["payload"]["B"])
    monkeypatch.setattr(observation, "ITEM_LIMIT", payload)
    with pytest.raises(TooLargeError):
        latest_item(REPORT)
    latest_item(replace(REPORT, probes=REPORT.probes[:1]))
