"""Specification of blind times: `parallax.incidents.blind_times`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from parallax.incidents.blind_times import SUBJECT, blind_times
from parallax.incidents.table import DynamoIncidents
from parallax.model.finding import Incident, State
from parallax.model.judgement import AGENT_SILENT, MONITOR_BLIND
from tests.conftest import Cloud

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
BLIND = Incident(
    id="1",
    subject=SUBJECT,
    state=State.FIRING,
    since=NOON,
    changed_at=NOON,
    cause=MONITOR_BLIND,
)


def test_a_stack_that_was_never_blind_has_no_such_time(cloud: Cloud) -> None:
    """Also one whose incident has another cause, or cannot be read."""
    assert blind_times(cloud.incidents, LATER) == ()
    DynamoIncidents(cloud.incidents).put(replace(BLIND, cause=AGENT_SILENT))
    assert blind_times(cloud.incidents, LATER) == ()
    broken = {"pk": {"S": SUBJECT}, "payload": {"B": b"x"}}
    cloud.client("dynamodb").put_item(TableName=cloud.incidents, Item=broken)
    assert blind_times(cloud.incidents, LATER) == ()


def test_it_lasts_until_now_or_until_its_end(cloud: Cloud) -> None:
    """From the first failure on, not from its confirmation."""
    table = DynamoIncidents(cloud.incidents)
    stored = table.put(BLIND)
    ((begin, end),) = blind_times(cloud.incidents, LATER)
    assert (begin, end) == (NOON.timestamp(), LATER.timestamp() + 1)
    over = replace(stored, state=State.RESOLVED, changed_at=NOON + timedelta(minutes=5))
    table.put(over)
    ((_, end),) = blind_times(cloud.incidents, LATER)
    assert end == NOON.timestamp() + 301
