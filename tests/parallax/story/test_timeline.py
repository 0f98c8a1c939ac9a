"""Specification of the timeline: `parallax.story.timeline`."""

from dataclasses import replace
from datetime import timedelta

from parallax.diagnose.judge import judge
from parallax.model.cluster import Pod
from parallax.model.finding import Incident
from parallax.model.probe import ErrorType, Probe
from parallax.model.snapshot import PastProbe, Snapshot
from parallax.story.incident import advance
from parallax.story.rules import Rules
from parallax.story.timeline import BEFORE, changes, first_response, no_change, timeline
from tests.parallax import scenarios as s

MINUTE = timedelta(minutes=1)


def incident_of(snapshot: Snapshot) -> Incident:
    """Return the incident that a snapshot begins."""
    incident = advance(None, judge(snapshot), snapshot, rules=Rules())
    assert incident
    return incident


def texts_of(snapshot: Snapshot) -> list[str]:
    """Return the texts of a snapshot's timeline."""
    return [one.text for one in timeline(incident_of(snapshot), snapshot)]


def test_the_moments_are_in_order() -> None:
    """The last good probe, the first failed one, the investigation, the judgement."""
    good = PastProbe(started_at=s.SINCE - MINUTE, healthy=True, status_code=200)
    older = replace(good, started_at=s.SINCE - 2 * MINUTE)
    x = replace(s.wrong_port(), past=(older, good))
    assert texts_of(x) == [
        "last good probe: 200",
        "first failed probe",
        "investigated from the internet: 503 (11 of 11)",
        "cause established",
    ]
    moments = timeline(incident_of(x), x)
    assert moments[0].at == good.started_at
    assert [one.at for one in moments] == sorted(one.at for one in moments)


def test_a_recovery_is_the_last_moment() -> None:
    """The judgement of a target that recovered establishes no cause."""
    x = s.wrong_port()
    well = replace(incident_of(x), quiet_since=x.taken_at + MINUTE)
    last = timeline(well, x)[-1]
    assert (last.at, last.text) == (x.taken_at + MINUTE, "requests succeed again")


def test_changes_of_the_cluster_before_the_failure_are_moments() -> None:
    """Endpoints that changed, and pods that started, within half an hour."""
    started = s.SINCE - 5 * MINUTE
    pods = (
        Pod(name="api-1", node="worker-01", started_at=started),
        Pod(name="api-2", started_at=s.SINCE - BEFORE - MINUTE),
    )
    x = s.with_reading(s.wrong_port(), pods=pods, endpoints_changed_at=started + MINUTE)
    texts = texts_of(x)
    assert "pod api-1 started on worker-01" in texts
    assert "endpoints of keybuzz/keybuzz-api changed" in texts
    assert not any("api-2" in text for text in texts)
    assert no_change(incident_of(x), x) is None


def test_a_quiet_cluster_is_stated_and_an_unread_one_is_not() -> None:
    """No statement is made about what nobody read."""
    x = s.wrong_port()
    assert no_change(incident_of(x), x) == (
        "No pod started and no endpoint changed in the 30 minutes before."
    )
    blind = replace(x, reports=())
    assert no_change(incident_of(blind), blind) is None


def test_the_response_is_that_of_the_first_failing_request() -> None:
    """Status, server, phases, and the beginning of the page on one line."""
    got = first_response(s.wrong_port())
    assert got is not None
    assert (got.status_code, got.reason) == (503, "Service Unavailable")
    assert got.first_line.startswith("<html><body><h1>503 Service Unavailable</h1>")
    assert got.phases.processing is not None
    assert first_response(s.healthy()) is None


def test_an_error_has_its_detail() -> None:
    """A reader sees why TLS failed."""
    x = s.wrong_port()
    assert x.run

    def broken(probe: Probe) -> Probe:
        return replace(
            probe,
            status_code=None,
            error_type=ErrorType.TLS,
            error_phase="tls",
            error_detail="certificate has expired",
        )

    run = replace(x.run, probes=tuple(map(broken, x.run.probes)))
    got = first_response(replace(x, run=run))
    assert got is not None
    assert got.error == "TLS failure: certificate has expired"


def test_of_many_pods_that_started_the_newest_are_listed() -> None:
    """A rollout of five pods is three lines."""
    pods = tuple(
        Pod(name=f"web-{n}", started_at=s.NOW - timedelta(minutes=5 - n))
        for n in range(5)
    )
    x = s.with_reading(s.wrong_port(), pods=pods, ingress_pods=None)
    texts = [one.text for one in changes(s.NOW, x)]
    assert texts[-3:] == [f"pod web-{n} started" for n in (4, 3, 2)]
    assert "pod web-1 started" not in texts
