"""The heartbeat of `publish`: from the minute's call to an outside switch."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from parallax.journal.dynamodb import DynamoJournal
from parallax.model.round import Round
from parallax.routes import dead_man
from tests.conftest import Cloud
from tests.functions.one_invocation import CONTEXT
from tests.parallax.notify.published import record
from tests.parallax.routes.standin import StandIn, standing
from tests.parallax.routes.test_dead_man import allow_loopback, switch_at
from tests.parallax.throttle import denied

MINUTE = {"deliver": "waiting"}


def context() -> Any:
    """Return Lambda's context at the start of a call."""
    left = {"get_remaining_time_in_millis": lambda: 23_000}
    return SimpleNamespace(**vars(CONTEXT), **left)


def probed(cloud: Cloud, age: timedelta = timedelta()) -> None:
    """Store a round of the only shard."""
    at = datetime.now(UTC) - age
    one = Round(shard=0, of=1, started_at=at, ended_at=at, targets=(), failing=())
    DynamoJournal(cloud.journal).record_round(one)


def publish(load: Any, cloud: Cloud) -> Any:
    """Load `publish` as a stack with a switch has it."""
    places = {"INCIDENTS_TABLE": cloud.incidents, "JOURNAL_TABLE": cloud.journal}
    places |= {"FINDINGS_TOPIC_ARN": cloud.findings}
    places |= {"HEARTBEAT_SECRET_ARN": "arn:secret", "ALERTS_TOPIC_ARN": ""}
    return load("notify", DEAD_LETTERS_URL=cloud.dead_letters, **places)


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a test a switch at a real server, whose URL is in the secret."""
    allow_loopback(monkeypatch)
    with standing() as receiver:
        switch_at(f"{receiver.url}/ping/secret", monkeypatch)
        yield receiver


def test_a_minute_without_trouble_sends_one(
    load: Any, cloud: Cloud, switch: StandIn
) -> None:
    """The rounds are read from the journal, with the rights of the function."""
    probed(cloud)
    publish(load, cloud).handler(MINUTE, context())
    assert switch.requests == 1


def test_a_finding_that_waits_withholds_it(
    load: Any, cloud: Cloud, switch: StandIn
) -> None:
    """The call raises, which PublishFailingAlarm counts too."""
    probed(cloud)
    app = publish(load, cloud)
    with denied("sns", "Publish"):
        app.handler({"Records": [record("front", 1)]}, context())
        with pytest.raises(ExceptionGroup):
            app.handler(MINUTE, context())
    assert switch.requests == 0
    app.handler(MINUTE, context())
    assert switch.requests == 1


def test_a_probe_that_is_silent_withholds_it(
    load: Any, cloud: Cloud, switch: StandIn
) -> None:
    """Whatever else works, nothing is seen from the internet."""
    probed(cloud, dead_man.FRESH + timedelta(minutes=1))
    publish(load, cloud).handler(MINUTE, context())
    assert switch.requests == 0


def test_the_call_for_records_sends_none(
    load: Any, cloud: Cloud, switch: StandIn
) -> None:
    """Only the schedule shows that the minutes go by."""
    probed(cloud)
    publish(load, cloud).handler({"Records": [record("front", 1)]}, context())
    assert switch.requests == 0
