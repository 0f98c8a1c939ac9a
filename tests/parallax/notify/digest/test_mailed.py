"""Specification of what digests remember: `parallax.notify.digest.mailed`."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from parallax.aws import client
from parallax.incidents.items import ConflictError
from parallax.notify.digest.mailed import (
    AGAIN,
    KEY,
    Mailed,
    MailedTable,
    begun,
    finished,
    is_recent,
)
from tests.parallax.notify.digest.given import NOW


def test_what_was_written_is_read(cloud: Any) -> None:
    """Also empty sets, which DynamoDB does not have."""
    table = MailedTable(cloud.incidents)
    assert table.read() == Mailed()
    one = Mailed(mailed=frozenset("ab"), tried=frozenset("c"), sent_at=NOW)
    assert table.write(one) == replace(one, version=1)
    assert table.read() == replace(one, version=1)
    table.write(Mailed(version=1))
    assert table.read() == Mailed(version=2)


def test_the_second_of_two_writers_is_refused(cloud: Any) -> None:
    """EventBridge Scheduler may call twice."""
    table = MailedTable(cloud.incidents)
    table.write(Mailed())
    with pytest.raises(ConflictError):
        table.write(Mailed())


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-30T08:00:00"])
def test_a_damaged_instant_is_none(cloud: Any, text: str) -> None:
    """The next mail is sent, and writes it again."""
    client("dynamodb").put_item(
        TableName=cloud.incidents,
        Item={"pk": {"S": KEY}, "version": {"N": "7"}, "sent_at": {"S": text or "x"}},
    )
    assert MailedTable(cloud.incidents).read() == Mailed(version=7)


@pytest.mark.parametrize(
    ("sent_at", "expected"),
    [
        (None, False),
        (NOW, True),
        (NOW - timedelta(minutes=5), True),
        (NOW - AGAIN, False),
        (NOW - timedelta(hours=23), False),
        (NOW + timedelta(days=1), False),
    ],
)
def test_a_mail_of_the_day_holds_back_the_next(
    sent_at: datetime | None,
    expected: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """The schedule calls three times; a clock that was ahead holds back nothing."""
    assert is_recent(Mailed(sent_at=sent_at), NOW) is expected


class Digests(RuleBasedStateMachine):
    """Advice begins and ends; calls succeed, are rejected, or end unknown."""

    def __init__(self) -> None:
        super().__init__()
        self.state = Mailed()
        self.standing: frozenset[str] = frozenset()
        self.sent: dict[str, int] = {}
        self.known: dict[str, int] = {}
        self.names = iter(range(10**6))

    @rule(count=st.integers(1, 3))
    def begin(self, count: int) -> None:
        """More advice stands."""
        self.standing |= {f"{next(self.names)}" for _ in range(count)}

    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """End some advice; it never returns under its mark."""
        gone = data.draw(st.sets(st.sampled_from(sorted(self.standing) or ["-"])))
        self.standing -= gone

    @rule(result=st.sampled_from(["sent", "rejected", "lost"]))
    def call(self, result: str) -> None:
        """Call as each day; `lost`: the mail was sent or not, and nobody knows."""
        marks = frozenset(self.standing - self.state.mailed)
        if not marks:
            return
        before, self.state = self.state, begun(self.state, marks, self.standing)
        if result == "rejected":
            self.state = before
            return
        for mark in marks:
            self.sent[mark] = self.sent.get(mark, 0) + 1
            if result == "sent":
                self.known[mark] = self.known.get(mark, 0) + 1
        if result == "sent":
            self.state = finished(self.state, NOW)

    @invariant()
    def nothing_is_sent_three_times(self) -> None:
        """And nothing again after a mail that is known to be sent."""
        assert all(count <= 2 for count in self.sent.values())
        assert all(count == 1 for count in self.known.values())

    @invariant()
    def what_was_sent_is_remembered_as_long_as_it_stands(self) -> None:
        """Forget only what has ended."""
        assert set(self.known) & self.standing <= self.state.mailed


TestDigests = Digests.TestCase
