"""The agenda: heartbeats, reports and turns in time, by clocks that a test sets."""

import itertools
from collections import Counter
from dataclasses import replace
from math import inf

import pytest

from parallax_agent.pace.agenda import (
    HEARTBEAT_SECONDS,
    UNKNOWN_PHASE_SECONDS,
    Agenda,
)
from parallax_agent.pace.turns import Place
from parallax_agent.pace.work import Seen, Work

UTC = 1_764_500_000.0
ALONE = Seen(place=Place(0, 1), length=26)


def beats(agenda: Agenda, begin: float, end: float) -> list[float]:
    """Return when heartbeats are due, if asked each second."""
    return [
        second
        for second in range(int(begin), int(end))
        if (work := agenda.take_due(second, UTC + second)) and work.heartbeat
    ]


def agenda_of(*targets: str, interval: float = 15.0) -> Agenda:
    """Return an agenda whose first read and heartbeat are done."""
    agenda = Agenda(targets or ("shop",), interval)
    assert agenda.take_due(0.0, UTC) == Work(read=True, heartbeat=True)
    return agenda


def test_without_an_answer_a_heartbeat_is_due_each_minute() -> None:
    """A lost response does not stop the heartbeats, nor make them faster."""
    assert beats(agenda_of(), 1, 301) == [60, 120, 180, 240, 300]


@pytest.mark.parametrize(
    ("next_seconds", "expected"),
    [
        (8.0, 8.0),
        (0.0, 1.0),
        (-inf, 1.0),
        (3600.0, HEARTBEAT_SECONDS),
        (None, UNKNOWN_PHASE_SECONDS),
    ],
)
def test_ingest_says_when_the_next_heartbeat_is_due(
    next_seconds: float | None, expected: float
) -> None:
    """In step with the probe; ten seconds while that is unknown."""
    agenda = agenda_of()
    agenda.answered(0.0, next_seconds=next_seconds)
    (first, *_) = beats(agenda, 1, 100)
    assert expected == first


def test_the_answers_to_reports_do_not_put_off_the_heartbeat() -> None:
    """While one target fails, the others of the node still have a heartbeat."""
    agenda = agenda_of()
    found: list[int] = []
    for second in range(1, 200):
        work = agenda.take_due(second, UTC)
        if work and work.heartbeat:
            found.append(second)
        if second % 10 == 0:
            agenda.answered(second, next_seconds=58.0, full=["shop"])
    assert [b - a for a, b in itertools.pairwise([0, *found])] == [60, 60, 60]


def test_what_ingest_lacks_is_sent_at_once_but_not_again_and_again() -> None:
    """A store that never gets the part costs a heartbeat each ten seconds."""
    agenda = agenda_of()
    agenda.answered(1.0, next_seconds=60.0, lacking=True)
    assert beats(agenda, 1, 3) == [1]
    agenda.answered(2.0, next_seconds=10.0, lacking=True)
    (second, *_) = beats(agenda, 2, 60)
    assert second >= 12


def test_the_list_of_an_answer_replaces_the_one_before() -> None:
    """Absent means empty; an unknown name is ignored."""
    agenda = agenda_of("shop", "api")
    assert agenda.answered(0.0, next_seconds=60.0, full=["shop", "x"]) == ["shop"]
    assert agenda.answered(1.0, next_seconds=60.0, full=["api"]) == ["api"]
    work = agenda.take_due(1.0, UTC)
    assert work is not None
    assert work.reports == {"shop": 15.0, "api": 10.0}
    assert agenda.answered(2.0, next_seconds=60.0) == []


def test_a_failed_push_ends_what_ingest_asked_for() -> None:
    """After two minutes, because a lost response must not end an incident."""
    agenda = agenda_of()
    agenda.answered(0.0, next_seconds=60.0, full=["shop"])
    agenda.unanswered(10.0)
    due = [
        second
        for second in range(10, 400)
        if (work := agenda.take_due(second, UTC)) and work.reports
    ]
    assert due[0] == 10
    assert 115 <= due[-1] < 130


def test_the_interval_of_an_answer_counts_while_it_asks() -> None:
    """It may shorten the setting, never lengthen it."""
    for interval, setting, expected in ((5.0, 15.0, 5.0), (20.0, 3.0, 3.0)):
        agenda = agenda_of(interval=setting)
        agenda.answered(0.0, next_seconds=60.0, full=["shop"], interval=interval)
        work = agenda.take_due(0.0, UTC)
        assert work is not None
        assert work.reports == {"shop": expected}


def test_a_target_may_have_an_interval_of_its_own() -> None:
    """An old incident is not reported as often as a young one beside it."""
    agenda = agenda_of("shop", "api")
    agenda.answered(
        0.0,
        next_seconds=60.0,
        full=["shop", "api"],
        interval=10.0,
        intervals={"api": 60.0},
    )
    due = [agenda.take_due(second, UTC) for second in range(61)]
    sent = [work.reports for work in due if work]
    assert [each for each in sent if "api" in each] == [
        {"shop": 10.0, "api": 60.0},
        {"shop": 10.0, "api": 60.0},
    ]


def test_a_node_that_is_no_reporter_leaves_a_request_to_the_others() -> None:
    """It reports only what it sees itself, and that seldom."""
    agenda = agenda_of()
    other = replace(ALONE, is_reporter=False)
    agenda.note(0.0, {"shop": other})
    agenda.answered(0.0, next_seconds=60.0, full=["shop"], interval=10.0)
    works = [agenda.take_due(second, UTC + second) for second in range(1, 30)]
    assert not [work for work in works if work and work.reports]
    agenda.note(30.0, {"shop": replace(other, reasons=True)})
    works = [agenda.take_due(second, UTC + second) for second in range(30, 130)]
    assert [work.reports for work in works if work and work.reports] == [
        {"shop": 600.0}
    ]


def test_a_failing_probe_makes_the_target_report_until_it_is_healthy_again() -> None:
    """No requests in turn meanwhile; they begin again after the alert."""
    agenda = agenda_of()
    agenda.note(0.0, {"shop": ALONE})
    failing = Seen(place=ALONE.place, length=26, reasons=True)
    assert agenda.note(1.0, {"shop": failing}) == ["shop"]
    assert agenda.note(2.0, {"shop": failing}) == []
    works = [agenda.take_due(second, UTC + second) for second in range(2, 300)]
    reports = [n for n, work in enumerate(works, 2) if work and work.reports]
    turns = [n for n, work in enumerate(works, 2) if work and work.turns]
    assert (reports[0], max(reports) < 122 <= min(turns)) == (2, True)


def test_reports_that_are_due_soon_share_a_push() -> None:
    """Alerts that begin one after the other do not cost a push each."""
    agenda = agenda_of("shop", "api")
    failing = Seen(place=ALONE.place, length=26, reasons=True)
    agenda.note(1.0, {"shop": failing})
    works = {1: agenda.take_due(1.0, UTC)}
    agenda.note(2.0, {"api": failing})
    works |= {second: agenda.take_due(second, UTC) for second in range(2, 60)}
    reports = {n: set(work.reports) for n, work in works.items() if work}
    found = {n: names for n, names in reports.items() if names}
    both = {"shop", "api"}
    assert found == {1: {"shop"}, 2: {"api"}, 16: both, 31: both, 46: both}


def test_a_healthy_target_gets_a_request_in_each_turn() -> None:
    """A node that is alone sends two full plans a minute, evenly."""
    agenda = agenda_of()
    agenda.note(0.0, {"shop": ALONE})
    sent = [
        second
        for second in range(1, 121)
        if (work := agenda.take_due(second, UTC + second)) and work.turns
    ]
    assert len(sent) == 60
    assert {b - a for a, b in itertools.pairwise(sent)} == {2}


@pytest.mark.parametrize("jump", [-86_400.0, -30.0, 30.0, 7.0e9])
def test_a_clock_that_jumps_makes_no_burst(jump: float) -> None:
    """At most one request more, and the turns go on."""
    agenda = agenda_of()
    agenda.note(0.0, {"shop": Seen(place=Place(0, 10), length=26)})
    sent = [
        second
        for second in range(1, 601)
        if (work := agenda.take_due(second, UTC + second + jump * (second > 300)))
        and work.turns
    ]
    assert 58 <= len(sent) <= 61
    assert min(b - a for a, b in itertools.pairwise(sent)) >= 5


def test_a_clock_that_jumps_all_the_time_sends_at_most_twice_as_much() -> None:
    """Two turns are never closer than half of their distance."""
    agenda = agenda_of()
    agenda.note(0.0, {"shop": Seen(place=Place(0, 10), length=26)})
    sent = [
        second
        for second in range(1, 601)
        if (work := agenda.take_due(second, UTC + second * 3600)) and work.turns
    ]
    assert len(sent) <= 120


def test_agents_that_start_together_do_not_send_together() -> None:
    """The first request waits for the node's own second."""
    sent: Counter[int] = Counter()
    for index in range(60):
        agenda = Agenda(("shop",), 15.0)
        agenda.take_due(0.0, UTC)
        agenda.note(0.0, {"shop": Seen(place=Place(index, 60), length=26)})
        for second in range(1, 121):
            work = agenda.take_due(second, UTC + second)
            sent[second] += bool(work and work.turns)
    assert max(sent.values()) == 1
    assert sum(sent.values()) == 120


def test_a_late_turn_is_made_up_once() -> None:
    """Slow hops block the agent for some seconds; the node's request still goes."""
    agenda = agenda_of()
    agenda.note(0.0, {"shop": Seen(place=Place(0, 60), length=26)})
    sent = [
        second
        for second in range(1, 601)
        if second % 9 == 0
        and (work := agenda.take_due(second, UTC + second))
        and work.turns
    ]
    assert len(sent) == 10


def test_with_an_ingest_of_an_earlier_version_every_target_reports() -> None:
    """Each interval, as that version expects; then heartbeats again."""
    agenda = agenda_of("shop", "api")
    due = [
        second
        for second in range(1, 61)
        if (work := agenda.take_due(second, UTC, legacy=True))
        and work.reports == {"shop": 15.0, "api": 15.0}
        and not (work.heartbeat or work.turns)
    ]
    assert due == [1, 16, 31, 46]
    agenda.answered(46.0, next_seconds=None, interval=10.0)
    work = agenda.take_due(56.0, UTC, legacy=True)
    assert work is not None
    assert work.reports == {"shop": 10.0, "api": 10.0}
    work = agenda.take_due(60.0, UTC)
    assert work is not None
    assert work.heartbeat


def test_a_short_setting_shortens_the_heartbeats_too() -> None:
    """For tests: two intervals; the usual setting keeps a minute."""
    assert Agenda(("shop",), 3.0).heartbeat_seconds == 6.0
    assert Agenda(("shop",), 15.0).heartbeat_seconds == HEARTBEAT_SECONDS
