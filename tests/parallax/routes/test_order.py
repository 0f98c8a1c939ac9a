"""Order: with any failures, each receiver gets each alert of a group in order.

What a receiver never gets is a dead letter. Time is that of the model.
"""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parallax.notify import marks
from parallax.notify.findings_topic import message
from parallax.routes import attempt
from parallax.routes.handling import handle
from parallax.routes.notice import Notice
from parallax.routes.sending import RejectedError, UnavailableError
from parallax.settings import Settings
from tests.parallax.notify.alerts import alert
from tests.parallax.routes.queue_mapping import QueueMapping
from tests.parallax.sent_finding import NOON

NAMES = ("slack", "pagerduty")
GROUPS = ("g1", "g2")
OUTCOMES = st.sampled_from(["accepted", "unavailable", "lost", "rejected"])


class Receivers:
    """Receivers that do what a test draws, and then accept everything."""

    def __init__(self, outcomes: list[str]) -> None:
        self._outcomes = outcomes
        self.accepted: list[tuple[str, str, str]] = []

    def send_to(self, name: str, notice: Notice, _: Settings) -> int:
        """Stand in for `parallax.routes.attempt.send_to`."""
        outcome = self._outcomes.pop(0) if self._outcomes else "accepted"
        if outcome == "rejected":
            raise RejectedError("HTTP 400")
        if outcome == "unavailable":
            raise UnavailableError("HTTP 503", is_unknown=False)
        self.accepted.append((name, notice.group, notice.id))
        if outcome == "lost":
            raise UnavailableError("no complete response", is_unknown=True)
        return 200


@given(
    st.lists(st.sampled_from(GROUPS), min_size=1, max_size=6),
    st.lists(OUTCOMES, max_size=12),
)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_order_and_completeness_with_any_failures(
    cloud: Any, groups: list[str], outcomes: list[str]
) -> None:
    """In order, none lost; twice only where an answer was lost."""
    cloud = cloud.emptied()
    receivers = Receivers([*outcomes])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempt, "send_to", receivers.send_to)
        published = deliver(cloud, groups)
    letters = [json.loads(text) for text in cloud.messages(cloud.dead_letters)]
    missed = {
        (letter["reason"].partition(":")[0], json.loads(letter["record"]["body"])["id"])
        for letter in letters
    }
    for name in NAMES:
        for group in GROUPS:
            got = [i for n, g, i in receivers.accepted if (n, g) == (name, group)]
            once = [key for key, _ in groupby(got)]
            sent = [i for g, i in published if g == group]
            assert once == [i for i in sent if i in once]
            assert {i for i in sent if i not in once} <= {
                i for n, i in missed if n == name
            }
    repeated = len(receivers.accepted) - len(set(receivers.accepted))
    assert repeated <= outcomes.count("lost")


def deliver(cloud: Any, groups: list[str]) -> list[tuple[str, str]]:
    """Publish an alert for each entry, and let the queue empty; return what was."""
    configured = Settings(
        incidents_table=cloud.incidents,
        dead_letters_url=cloud.dead_letters,
        routes=NAMES,
        routes_queue_url=cloud.queue,
    )

    def in_new_container(event: dict[str, Any], _: Any) -> Any:
        marks._sent.clear()
        return handle(event, configured)

    mapping = QueueMapping(in_new_container, cloud.queue, timedelta(seconds=90), NOON)
    published: list[tuple[str, str]] = []
    for number, group in enumerate(groups):
        one = replace(alert(number=number), id=f"{group}-{number}", group=group)
        text, _ = message(one, "/parallax/x")
        cloud.client("sqs").send_message(
            QueueUrl=cloud.queue,
            MessageBody=text,
            MessageGroupId=group,
            MessageDeduplicationId=one.id,
        )
        published.append((group, one.id))
        mapping.run(timedelta(seconds=30))
    mapping.run(timedelta(hours=11))
    assert mapping.messages == []
    return published
