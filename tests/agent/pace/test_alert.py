"""Alerts: they begin at once, end late, and never cost reports forever."""

from parallax_agent.pace.alert import (
    FAST_PER_HOUR,
    FAST_SECONDS,
    HOLD_SECONDS,
    HOUR,
    SLOW_SECONDS,
    Alert,
)

OWN, REQUESTED = 15.0, 10.0


def reports(alert: Alert, begin: float, end: float) -> list[float]:
    """Return when reports are due, if asked each second."""
    return [
        float(second)
        for second in range(int(begin), int(end))
        if alert.take_due(second, OWN, REQUESTED) is not None
    ]


def test_a_healthy_target_has_no_reports() -> None:
    """Nothing is due without a reason."""
    assert reports(Alert(), 0, 600) == []


def test_an_own_reason_reports_at_once_and_for_two_minutes() -> None:
    """Each interval a report, until two minutes after the last reason."""
    alert = Alert()
    alert.add_reason(100.0)
    assert reports(alert, 100, 500) == [100.0 + OWN * n for n in range(8)]
    assert not alert.active(100.0 + HOLD_SECONDS)


def test_what_ingest_asks_for_comes_each_ten_seconds() -> None:
    """As long as it asks, and two minutes longer at the own interval."""
    alert = Alert()
    assert alert.ask(0.0, asked=True)
    assert not alert.ask(5.0, asked=True)
    assert reports(alert, 5, 40) == [5.0, 15.0, 25.0, 35.0]
    alert.ask(3600.0, asked=True)
    assert alert.interval(3600.0, OWN, REQUESTED) == REQUESTED
    alert.ask(3700.0, asked=False)
    assert alert.active(3700.0 + HOLD_SECONDS - 1)
    assert alert.interval(3710.0, OWN, REQUESTED) == OWN
    assert not alert.active(3700.0 + HOLD_SECONDS)


def test_an_ask_during_an_own_alert_reports_at_once() -> None:
    """The report of a second ago was measured before the failure."""
    alert = Alert()
    alert.add_reason(0.0)
    assert alert.take_due(0.0, OWN, REQUESTED) == OWN
    assert alert.take_due(1.0, OWN, REQUESTED) is None
    alert.ask(1.0, asked=True)
    assert alert.take_due(1.0, OWN, REQUESTED) == REQUESTED


def test_a_failure_that_only_this_node_sees_becomes_slow() -> None:
    """After a quarter of an hour one report a minute, as a heartbeat would cost."""
    alert = Alert()
    for second in range(0, 7200, 5):
        alert.add_reason(second)
        alert.take_due(second, OWN, REQUESTED)
    assert alert.active(7200.0)
    assert alert.interval(FAST_SECONDS - 1, OWN, REQUESTED) == OWN
    assert alert.interval(7200.0, OWN, REQUESTED) == SLOW_SECONDS


def test_flapping_is_limited_in_each_hour() -> None:
    """A node that flaps for hours reports fast for twenty minutes an hour."""
    alert = Alert()
    fast: list[float] = []
    hours = 5
    for second in range(int(hours * HOUR)):
        if second % 300 == 0:
            alert.add_reason(second)
        interval = alert.take_due(second, OWN, REQUESTED)
        if interval is not None and interval < SLOW_SECONDS:
            fast.append(second)
    for begin in range(0, int((hours - 1) * HOUR), 600):
        within = [s for s in fast if begin <= s < begin + HOUR]
        assert len(within) * OWN <= FAST_PER_HOUR + OWN
    assert fast


def test_ingest_s_asks_are_never_limited() -> None:
    """An incident of hours is reported as often at its end as at its beginning."""
    alert = Alert()
    alert.ask(0.0, asked=True)
    assert len(reports(alert, 0, 7200)) == 720


def test_a_long_incident_is_reported_once_a_minute() -> None:
    """As ingest requests; a change on this node is still reported soon."""
    alert = Alert()
    alert.ask(0.0, asked=True)
    assert alert.interval(0.0, OWN, SLOW_SECONDS) == SLOW_SECONDS
    alert.add_reason(3000.0)
    assert alert.interval(3000.0, OWN, SLOW_SECONDS) == OWN
    for second in range(3000, 3000 + int(FAST_SECONDS) + 1, 10):
        alert.add_reason(second)
    assert alert.interval(3000.0 + FAST_SECONDS, OWN, SLOW_SECONDS) == SLOW_SECONDS


def test_a_setting_above_a_minute_is_kept() -> None:
    """Slow reports are never more frequent than the setting."""
    alert = Alert()
    alert.add_reason(0.0)
    alert.add_reason(1000.0)
    assert alert.interval(1000.0, 300.0, REQUESTED) == 300.0


def test_a_node_that_becomes_a_reporter_reports_at_once() -> None:
    """Another reporter died while the target fails."""
    alert = Alert()
    alert.set_reporter(is_reporter=False)
    assert alert.ask(0.0, asked=True)
    assert reports(alert, 0, 50) == []
    alert.set_reporter(is_reporter=True)
    assert reports(alert, 50, 71) == [50.0, 60.0, 70.0]


def test_what_a_node_sees_itself_is_due_at_once_and_then_seldom() -> None:
    """Although it is not a reporter; failing turns again and again cost no more."""
    alert = Alert()
    alert.set_reporter(is_reporter=False)
    alert.ask(0.0, asked=True)
    due: list[float] = []
    for second in range(1, 1500):
        if second % 300 == 10:
            alert.add_reason(second)
        due += reports(alert, second, second + 1)
    assert due == [10.0, 610.0, 1210.0]
