"""The simulated month sends exactly the mails of the list that was written by hand."""

from collections import defaultdict
from functools import cache

import pytest

from parallax.model.alert import Alert
from parallax.model.finding import NotificationReason
from parallax.notify.mail import render
from tests.simulated_month.plan import read_plan
from tests.simulated_month.play import Player

PHONE = 78
ENDS = {NotificationReason.RESOLVED, NotificationReason.MERGED}


@cache
def played() -> tuple[Alert, ...]:
    """Play the month once for all tests."""
    return tuple(Player(read_plan()).play())


def line(alert: Alert) -> str:
    """Return an alert as the list has it."""
    failing = f"{len(alert.failing)} of {alert.watched or '?'}"
    scope = {
        NotificationReason.RESOLVED: f"{len(alert.recovered)} recovered",
        NotificationReason.MERGED: f"{len(alert.moved)} moved",
    }.get(alert.turn, failing)
    place = f"{alert.place.kind.value} {alert.place.name}"
    word = render(alert).subject.split()[0].strip(",:")
    last = "muted" if alert.muted else word
    facts = (alert.turn.value, scope, place, alert.cause, last)
    return f"{alert.at:%d %H:%M} {', '.join(facts)}"


def test_the_mails_are_exactly_those_of_the_list() -> None:
    """None is missing, none is too many, and each comes in its minute."""
    sent, expected = sorted(map(line, played())), sorted(read_plan().mails)
    missing, extra = _without(expected, sent), _without(sent, expected)
    shown = [*(f"missing {one}" for one in missing), *(f"extra   {x}" for x in extra)]
    assert not shown, "\n".join(sorted(shown, key=lambda one: one[8:]))


def _without(some: list[str], others: list[str]) -> list[str]:
    left = list(others)
    return [one for one in some if not (one in left and left.remove(one) is None)]


def test_every_thread_begins_and_ends_once() -> None:
    """Numbers count from 1; the first is firing, the last and no other is an end."""
    threads: defaultdict[str, list[Alert]] = defaultdict(list)
    for alert in played():
        threads[alert.group].append(alert)
    for alerts in threads.values():
        assert [a.number for a in alerts] == list(range(1, len(alerts) + 1))
        assert alerts[0].turn is NotificationReason.FIRING
        assert not any(a.turn in ENDS for a in alerts[:-1])
    lost = [t for t in threads.values() if t[-1].turn not in ENDS]
    assert [t[0].at.day for t in lost] == [30], "only the damaged groups have no end"


def test_no_publication_is_repeated() -> None:
    """Each alert has an id of its own: the table of sent marks drops a known one."""
    identities = [alert.id for alert in played()]
    assert len(set(identities)) == len(identities)


@pytest.mark.parametrize("width", [PHONE])
def test_a_subject_fits_on_a_phone(width: int) -> None:
    """A subject has at most 78 characters and no line break."""
    subjects = [render(alert).subject for alert in played()]
    assert max(map(len, subjects)) <= width
    assert not any("\n" in one for one in subjects)
