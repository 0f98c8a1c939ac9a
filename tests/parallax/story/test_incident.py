"""Specification of incidents: `parallax.story.incident`."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from parallax.diagnose.join import Observation
from parallax.diagnose.judge import judge
from parallax.model.cluster import NodeReport
from parallax.model.finding import Finding, Incident, NotificationReason, State
from parallax.model.judgement import NOT_ESTABLISHED, Judgement, Trend
from parallax.model.place import PlaceKind
from parallax.model.snapshot import Snapshot
from parallax.model.target import Maintenance
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s
from tests.parallax.rendered import mail_of

RULES = Rules()
BLIND = replace(s.wrong_port(), reports=(), sightings=())


def later(snapshot: Snapshot, seconds: float) -> Snapshot:
    """Return the same snapshot, taken later."""
    return replace(snapshot, taken_at=s.NOW + timedelta(seconds=seconds))


def story(*steps: tuple[Judgement, Snapshot]) -> list[Incident | None]:
    """Advance through judgements and return the incident after each."""
    incident, seen = None, []
    for judgement, snapshot in steps:
        incident = advance(incident, judgement, snapshot, rules=RULES)
        seen.append(incident)
    return seen


def turn(incident: Incident | None) -> NotificationReason | None:
    """Return the notification reason of an incident's finding."""
    return incident.finding.turn if incident and incident.finding else None


def test_health_begins_no_incident() -> None:
    """A healthy target has no incident."""
    assert advance(None, judge(s.healthy()), s.healthy(), rules=RULES) is None


def test_the_first_mail_names_the_cause_and_the_end_is_mailed_once() -> None:
    """Firing with the cause; recovering without mail; resolved after the quiet time."""
    bad, good = s.wrong_port(), s.healthy()
    steps = [(bad, 0), (bad, 59), (good, 120), (good, 200), (good, 421), (good, 500)]
    seen = story(*((judge(x), later(x, t)) for x, t in steps))
    assert [i and i.state for i in seen] == [
        State.FIRING,
        State.FIRING,
        State.RECOVERING,
        State.RECOVERING,
        State.RESOLVED,
        State.RESOLVED,
    ]
    assert seen[1] == seen[0]
    assert (turn(seen[0]), turn(seen[4])) == (
        NotificationReason.FIRING,
        NotificationReason.RESOLVED,
    )
    last = seen[4]
    assert last
    assert last.finding
    assert last.finding.cause == "lb-health-check-wrong-port"
    assert seen[5] == seen[4]


def test_flapping_within_the_quiet_time_is_one_incident() -> None:
    """A new failure within that time causes no mail and keeps the id."""
    bad, good = s.wrong_port(), s.healthy()
    steps = [(bad, 0), (good, 60), (bad, 120), (good, 180), (bad, 240)]
    seen = [i for i in story(*((judge(x), later(x, t)) for x, t in steps)) if i]
    assert len({i.id for i in seen}) == 1
    assert [turn(i) for i in seen] == [
        NotificationReason.FIRING,
        None,
        None,
        None,
        None,
    ]


def test_a_failure_waits_for_evidence_for_a_limited_time() -> None:
    """Incomplete evidence: pending; after the waiting time it is mailed anyway."""
    early = replace(BLIND, taken_at=s.SINCE + timedelta(seconds=30))
    late = replace(BLIND, taken_at=s.SINCE + timedelta(seconds=46))
    first, second = story((judge(early), early), (judge(late), late))
    assert first
    assert second
    assert (first.state, second.state) == (State.PENDING, State.FIRING)
    assert second.cause == NOT_ESTABLISHED


def test_a_cause_established_later_is_mailed() -> None:
    """Not established first, then a cause: one more mail."""
    blind, whole = later(BLIND, 10), later(s.wrong_port(), 15)
    seen = story((judge(blind), blind), (judge(whole), whole))
    assert [turn(i) for i in seen] == [
        NotificationReason.FIRING,
        NotificationReason.CAUSE_CHANGED,
    ]


def test_the_place_of_the_mailed_cause_stays_with_it() -> None:
    """A newest finding without a cause blames another place, and is not mailed."""
    whole, blind = s.pod_error(), replace(s.pod_error(), reports=(), sightings=())
    first, second = story((judge(whole), whole), (judge(blind), later(blind, 20)))
    assert first
    assert second
    assert first.mailed_place == second.mailed_place
    assert first.mailed_place
    assert first.mailed_place.kind is PlaceKind.SERVICE
    assert second.finding
    assert second.finding.place != second.mailed_place


def live_through(*pages: str) -> list[tuple[float, NotificationReason]]:
    """Return the minute and reason of each mail; one page a minute for all users.

    A pod's own page is proven by agents that got it too, any other page is not.
    """
    incident, mails = None, list[tuple[float, NotificationReason]]()
    known: list[Observation] = []
    for minute, page in enumerate(pages):
        at = s.SINCE + minute * s.MINUTE
        outside = s.run(page, at=at)
        proof = {"ingress": page, "pod": page, "sightings": s.seen(outside, 503)}
        known += [outside, s.balancer(at=at + timedelta(seconds=3))]
        measured = at + timedelta(seconds=30)
        known += s.reports(at=measured, **(proof if page == s.POD_503 else {}))
        x = s.taken(*known, taken_at=at + timedelta(seconds=40))
        before, incident = incident, advance(incident, judge(x), x, rules=RULES)
        reason = turn(incident)
        if reason and incident and (not before or before.finding != incident.finding):
            mails.append((minute, reason))
    return mails


RESET = "ingress-nginx/502_pod_reset"


def test_an_intermittent_proof_is_mailed_once() -> None:
    """Proven in one minute and not in the next: no mail takes the cause back."""
    assert live_through(*[s.POD_503, RESET] * 10) == [(0, NotificationReason.FIRING)]


def test_a_cause_discovered_is_mailed_at_once_and_only_once() -> None:
    """Not established at first; then an intermittent proof."""
    mails = live_through(RESET, *[s.POD_503, RESET] * 10)
    assert mails == [
        (0, NotificationReason.FIRING),
        (1, NotificationReason.CAUSE_CHANGED),
    ]


def test_an_alternating_hop_is_mailed_less_and_less_often() -> None:
    """Each mailed change doubles the wait for the next."""
    mails = live_through(*[*[s.LB_503] * 6, *[RESET] * 6] * 8)
    assert [m for m, _ in mails] == [0, 7, 17, 43, 85]
    assert {t for _, t in mails[1:]} == {NotificationReason.TREND_CHANGED}


TIMED_OUT = "haproxy/504_server_timeout"


def test_504_that_becomes_503_is_progress() -> None:
    """From the probes to the mail: a finding at once, and a mail after the wait."""
    incident: Incident | None = None
    findings: list[Finding] = []
    runs: list[Observation] = []
    for minute, page in enumerate([TIMED_OUT] * 3 + [s.LB_503] * 6):
        at = s.SINCE + minute * s.MINUTE
        runs += [s.run(page, at=at), s.balancer(at=at + timedelta(seconds=3))]
        x = s.taken(*runs, taken_at=at + timedelta(seconds=50))
        incident = advance(incident, judge(x), x, rules=RULES)
        assert incident
        assert incident.finding
        if not findings or findings[-1] != incident.finding:
            findings.append(incident.finding)
    trend = (
        "requests now get further (before: 504 at load-balancer;"
        " now: 503 at load-balancer)"
    )
    first = next(f for f in findings if f.symptom.trend is Trend.PROGRESS)
    assert first.judged_at == s.SINCE + timedelta(minutes=3, seconds=50)
    assert (first.turn, first.symptom.trend_text) == (
        None,
        trend,
    )
    mails = [f for f in findings if f.turn]
    assert [f.turn for f in mails] == [
        NotificationReason.FIRING,
        NotificationReason.TREND_CHANGED,
    ]
    mail = mail_of(mails[-1])
    assert mail.subject.startswith("DOWN, PROGRESS platform-api 503")
    body = " ".join(mail.body.split())
    assert body.startswith("CHANGED: requests now get further, but still fail.")
    assert f"Trend: {trend}." in body


def test_another_cause_waits_for_the_quiet_time() -> None:
    """The second cause is proven immediately, and mailed five minutes later."""
    first, second = s.wrong_port(), s.pod_error()
    steps = [(first, 0), (second, 60), (second, 299), (second, 300), (first, 700)]
    seen = story(*((judge(x), later(x, t)) for x, t in steps))
    assert [turn(i) for i in seen] == [
        NotificationReason.FIRING,
        None,
        None,
        NotificationReason.CAUSE_CHANGED,
        None,
    ]


def test_stale_evidence_names_no_cause_and_sends_no_mail() -> None:
    """Nothing is kept (docs/decisions/0017); the proof stays without a mail."""
    whole, blind = s.wrong_port(), later(BLIND, 60)
    first, last = story((judge(whole), whole), (judge(blind), blind))
    assert first
    assert last
    assert last.cause == NOT_ESTABLISHED
    assert last.mailed_cause == "lb-health-check-wrong-port"
    assert last.proof == first.proof
    assert turn(last) is None


def test_maintenance_stops_mail_and_alarm_but_not_the_finding() -> None:
    """It is published without firing; it fires when the window ends."""
    x = s.wrong_port()
    window = Maintenance(
        starts_at=s.SINCE, ends_at=s.NOW + timedelta(seconds=30), reason="nodes"
    )
    held = replace(x, target=replace(x.target, maintenance=(window,)))
    after = later(held, 60)
    first, second = story((judge(held), held), (judge(after), after))
    assert first
    assert second
    assert first.state is State.PENDING
    assert first.number == 1
    assert turn(first) is None
    assert turn(second) is NotificationReason.FIRING


def test_a_single_blip_is_never_mailed() -> None:
    """One failed probe of eleven is pending, and ends without a mail."""
    x = s.taken(s.run([s.LB_503, *[s.OK] * 10], direct=s.OK), s.balancer())
    good = s.healthy()
    moments = [later(good, t) for t in (60, 120, 359, 360)]
    seen = story((judge(x), x), *((judge(good), m) for m in moments))
    assert [i and i.state for i in seen] == [*[State.PENDING] * 4, State.RESOLVED]
    assert [turn(i) for i in seen] == [None] * 5
    assert [i and i.number for i in seen] == [1, 1, 1, 1, 2]


def alternating(
    pattern: str, *, agents: bool, restless: bool = False, bad: int = 5
) -> list[Incident]:
    """Advance through runs a minute apart, `F` failing at first, `H` healthy.

    `bad` of the ten repeats of a failing run fail too. Without agents only probes
    and readings wake the judge; `restless` endpoints change every 20 s.
    """
    incident, seen = None, []
    known: list[Observation] = []
    for minute, kind in enumerate(pattern):
        at = s.SINCE + minute * s.MINUTE
        pages = [s.POD_503, *[s.POD_503] * bad, *[s.OK] * (10 - bad)]
        first = s.run(pages[0] if kind == "F" else s.OK, at=at, investigated=False)
        found: list[tuple[float, Observation]] = [(0, first)]
        if kind == "F":
            found.append((3, s.balancer(at=at + timedelta(seconds=3))))
            found.append((25, s.run(pages, direct=s.OK, at=at)))
        if agents:
            found += [
                (second, report)
                for second in (10, 30, 50)
                for report in s.reports(at=at + timedelta(seconds=second))
            ]
        for second in sorted({second for second, _ in found}):
            known += [observation for when, observation in found if when == second]
            now = at + timedelta(seconds=second)
            x = s.taken(*known, taken_at=now)
            if restless:
                x = replace(x, reports=tuple(changed(r, now) for r in x.reports))
            incident = advance(incident, judge(x), x, rules=RULES)
            if incident:
                seen.append(incident)
    return seen


def changed(report: NodeReport, now: datetime) -> NodeReport:
    """Return the report with endpoints that changed 20 s ago."""
    at = now - timedelta(seconds=20)
    reading = report.reading and replace(report.reading, endpoints_changed_at=at)
    return replace(report, reading=reading)


@pytest.mark.parametrize("agents", [True, False], ids=["agents", "no agents"])
@pytest.mark.parametrize("bad", [0, 1, 5])
@pytest.mark.parametrize("pattern", ["FHFHFHFHFH", "FHHFHHFHHF", "FHHHHFHHHH"])
def test_an_intermittent_failure_fires_once_within_ten_minutes(
    pattern: str, bad: int, *, agents: bool
) -> None:
    """Every second run succeeds, and some repeats fail: one incident, one alarm."""
    seen = alternating(pattern, agents=agents, bad=bad)
    mails = list(dict.fromkeys(i.mailed_at for i in seen if i.mailed_at))
    assert len(mails) == 1
    assert len({i.id for i in seen}) == 1
    fired = next(i for i in seen if i.mailed_at)
    assert fired.finding
    assert fired.finding.turn is NotificationReason.FIRING
    assert fired.finding.symptom.total > 1


def test_a_second_row_of_failures_gets_time_for_its_logs() -> None:
    """The incident is old enough for a mail, but these requests have just ended."""
    at = s.SINCE + s.MINUTE * 1.5
    first = s.run(s.LB_503, investigated=False)
    pages = [s.LB_503, *[s.OK] * 5, *[s.LB_503] * 5]
    again = s.run(pages, direct=s.OK, at=at)
    ended = max(p.started_at for p in again.probes)
    good = s.run(s.OK, at=s.SINCE + s.MINUTE, investigated=False)
    moments = [
        s.taken(first, taken_at=s.SINCE),
        s.taken(first, good, taken_at=s.SINCE + s.MINUTE),
        *(
            s.taken(first, good, again, taken_at=ended + timedelta(seconds=n))
            for n in (1, 9, 10)
        ),
    ]
    seen = story(*((judge(x), x) for x in moments))
    assert [i and i.state for i in seen] == [*[State.PENDING] * 4, State.FIRING]


def test_one_failing_request_of_eleven_waits_for_a_second_failing_probe() -> None:
    """One lost request is not mailed; another failing run within six minutes is."""
    once = s.run([s.LB_503, *[s.OK] * 10], direct=s.OK)
    ended = max(p.started_at for p in once.probes)
    good = s.run(s.OK, at=ended + s.MINUTE, investigated=False)
    twice = s.run([s.LB_503, *[s.OK] * 10], direct=s.OK, at=ended + s.MINUTE * 2)
    late = max(p.started_at for p in twice.probes) + timedelta(seconds=10)
    moments = [
        s.taken(once, taken_at=ended + timedelta(seconds=10)),
        s.taken(once, taken_at=ended + timedelta(seconds=50)),
        s.taken(once, good, taken_at=ended + s.MINUTE),
        s.taken(once, good, twice, taken_at=late),
    ]
    seen = story(*((judge(x), x) for x in moments))
    assert [i and i.state for i in seen] == [*[State.PENDING] * 3, State.FIRING]


def test_a_cluster_that_never_settles_does_not_hide_an_intermittent_failure() -> None:
    """A pod in a crash loop keeps changing the endpoints."""
    seen = alternating("FHFHFHFHFH", agents=True, restless=True)
    fired = next(i for i in seen if i.mailed_at)
    assert fired.since == s.SINCE
    assert fired.mailed_at
    assert fired.mailed_at - s.SINCE < timedelta(minutes=6)
    assert fired.finding
    assert not fired.finding.settling


SNAPSHOTS = [*(f() for f in s.FAULTS.values()), s.healthy(), BLIND]
JUDGED = [(x, judge(x)) for x in SNAPSHOTS]
LEGAL = {
    State.PENDING: {State.PENDING, State.FIRING, State.RESOLVED},
    State.FIRING: {State.FIRING, State.RECOVERING},
    State.RECOVERING: {State.RECOVERING, State.FIRING, State.RESOLVED},
    State.RESOLVED: {State.RESOLVED, State.PENDING, State.FIRING},
}


class IncidentMachine(RuleBasedStateMachine):
    """Arbitrary judgements under a clock that jumps both ways."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = s.NOW
        self.incident: Incident | None = None
        self.findings: list[Finding] = []

    @rule(
        which=st.integers(0, len(JUDGED) - 1),
        seconds=st.integers(-4000, 4000),
        since=st.integers(0, 300),
    )
    def judged(self, which: int, seconds: int, since: int) -> None:
        """Advance by one judgement."""
        self.now += timedelta(seconds=seconds)
        snapshot, judgement = JUDGED[which]
        if snapshot.failing_since:
            began = self.now - timedelta(seconds=since)
            snapshot = replace(snapshot, failing_since=began)
        snapshot = replace(snapshot, taken_at=self.now)
        before, after = (
            self.incident,
            advance(self.incident, judgement, snapshot, rules=RULES),
        )
        self.incident = after
        if before and after:
            assert after.state in LEGAL[before.state]
            assert after.version == before.version
        fresh = after and after.finding
        if after and fresh and (not before or before.finding != fresh):
            self.findings.append(fresh)

    @invariant()
    def ids_are_unique(self) -> None:
        """No two findings share an id."""
        assert len({f.id for f in self.findings}) == len(self.findings)

    @invariant()
    def mails_make_sense(self) -> None:
        """One firing mail, at most one resolved mail after it, per incident."""
        mails: dict[str, list[NotificationReason]] = {}
        for finding in self.findings:
            if finding.turn:
                mails.setdefault(finding.incident, []).append(finding.turn)
        for turns in mails.values():
            assert turns[0] is NotificationReason.FIRING
            assert turns.count(NotificationReason.FIRING) == 1
            assert turns.count(NotificationReason.RESOLVED) <= 1
            assert NotificationReason.RESOLVED not in turns[:-1]


TestIncidentMachine = IncidentMachine.TestCase
TestIncidentMachine.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None
)
