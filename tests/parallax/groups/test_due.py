"""Property of what people learn: no failure stays unmentioned (`parallax.groups.due`).

Targets of one balancer fail, recover and end by one cause, in any order. The number of
confirmed targets never grows a lot, so that nothing else would report a later one.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.groups.due import Due
from parallax.groups.person import acknowledge
from parallax.groups.take import take
from parallax.groups.tick import tick
from parallax.model.finding import NotificationReason, State
from parallax.model.group import Groups
from tests.parallax.groups.incidents import RULES, at, incident

SHORTEST = timedelta(seconds=RULES.patience(0))
STATES = (State.PENDING, State.FIRING, State.RECOVERING, State.RESOLVED)
steps = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from("ab"),
        st.sampled_from([*STATES, "acknowledge"]),
    ),
    max_size=25,
)


class Reader:
    """Which targets the mails listed, as a person keeps it in mind."""

    def __init__(self) -> None:
        self.listed: set[str] = set()
        self.acknowledged: set[str] = set()
        self.at = at(0)

    def read(self, board: Groups, due: tuple[Due, ...]) -> None:
        """Read the mails of a moment, which list unconfirmed failures too."""
        for one in due:
            self.at = one.at
            failing = (*one.group.members, *board.pending)
            self.listed = {m.target for m in failing}
            if one.turn is NotificationReason.RESOLVED:
                self.acknowledged = set()


@settings(max_examples=300)
@given(steps)
def test_each_failure_is_mailed_or_another_one_is_that_a_mail_listed(
    found: list[tuple[int, str, State | str]],
) -> None:
    """After the shortest time between mails; nothing else depends on the order."""
    board, known, now = Groups(), Reader(), at(0)
    for version, (minutes, target, what) in enumerate(found, 1):
        for _ in range(minutes):
            now += timedelta(minutes=1)
            board, due = tick(board, (), now, RULES)
            known.read(board, due)
            check(board, known, now)
        if isinstance(what, State):
            one = incident(target, version, what)
            one = replace(one, id=f"{target}-{version}", since=now)
            board, due = take(board, one, now, RULES)
            known.read(board, due)
        elif board.groups:
            board = acknowledge(board, board.groups[0], "kim", now)
            failing = (*board.groups[0].members, *board.pending)
            known.acknowledged |= {m.target for m in failing}


def check(board: Groups, known: Reader, now: datetime) -> None:
    """Check who fails after a minute."""
    for group in board.groups:
        fails = {m.target for m in group.members if m.state is State.FIRING}
        covered = known.listed | known.acknowledged
        if fails and fails.isdisjoint(covered):
            assert now - known.at < SHORTEST
        if group.acknowledged and not fails <= covered:
            assert now - known.at < timedelta(seconds=RULES.patience(group.changes))
