"""Specification of a blind monitor: `parallax.diagnose.blind` and its incident."""

from dataclasses import replace
from datetime import timedelta

import pytest

from parallax.diagnose.blind import blind
from parallax.diagnose.judge import judge
from parallax.diagnose.silence import silences
from parallax.model.finding import Incident, NotificationReason, State
from parallax.model.judgement import NOT_ESTABLISHED, Class, Difference, View
from parallax.model.probe import ErrorType, Probe, Resolution, Role
from parallax.model.snapshot import Snapshot
from parallax.story.incident import advance
from parallax.story.rules import Rules
from tests.parallax import scenarios as s
from tests.parallax.rendered import mail_of

LOST: dict[str, object] = {
    "status_code": None,
    "healthy": False,
    "error_type": ErrorType.TIMEOUT,
    "error_phase": "connect",
    "headers": (),
    "body": "",
}
UNNAMED = LOST | {"error_type": ErrorType.NAME_NOT_RESOLVED, "error_phase": "resolve"}
KNOWS = Resolution(resolver="192.0.2.1", addresses=("203.0.113.20",), ttl=60)
FAILS = Resolution(resolver="192.0.2.2", error_type="servfail")
ZONE = Resolution(resolver="ns1", authoritative=True, addresses=("203.0.113.20",))


def nobody_answers(control: str | None = s.DROPPED) -> Snapshot:
    """Return a run without any response; the control probe is as given."""
    x = s.taken(s.run(s.LB_503), s.balancer(), *s.reports())
    assert x.run
    lost = [replace(p, **LOST) for p in x.run.probes]  # type: ignore[arg-type]
    if control is not None:
        lost.append(
            s.probe(Role.CONTROL, s.SINCE, control, server_address="control.example")
        )
    return replace(x, run=replace(x.run, probes=tuple(lost)))


def unresolved(*resolutions: Resolution, direct: str = s.OK) -> Snapshot:
    """Return a run that cannot resolve the name; the balancer is probed too."""
    x = s.taken(s.run(s.LB_503, direct=direct), s.balancer(), *s.reports())
    assert x.run
    users = (Role.FIRST, Role.REPEAT, Role.CACHE_BUSTER)

    def lose(probe: Probe) -> Probe:
        return replace(probe, **UNNAMED) if probe.role in users else probe  # type: ignore[arg-type]

    probes = tuple(lose(p) for p in x.run.probes)
    return replace(x, run=replace(x.run, probes=probes, resolutions=resolutions))


def of_the_stack(snapshot: Snapshot) -> str:
    """Return the snapshot's cause for the stack's probe."""
    judged = [v.judgement for v in silences(snapshot) if v.subject == "stack/probe"]
    return judged[0].cause


def with_control(snapshot: Snapshot, **changes: object) -> Snapshot:
    """Return the snapshot with this result of the control probe."""
    assert snapshot.run
    asked = s.probe(Role.CONTROL, s.SINCE, s.OK, server_address="control.example")
    control = replace(asked, **changes)  # type: ignore[arg-type]
    kept = tuple(p for p in snapshot.run.probes if p.role is not Role.CONTROL)
    return replace(snapshot, run=replace(snapshot.run, probes=(*kept, control)))


def with_resolutions(snapshot: Snapshot, *resolutions: Resolution) -> Snapshot:
    """Return the snapshot with these responses of name servers."""
    assert snapshot.run
    return replace(snapshot, run=replace(snapshot.run, resolutions=resolutions))


def of_other_family(
    address: str = "2001:db8::20", pinned: str | None = None, well: str = "192.0.2.80"
) -> Snapshot:
    """Return a target at one address that this machine has no route to."""
    x = s.taken(s.run(s.LB_503), s.balancer(), *s.reports())
    assert x.run
    lost = {"error_type": ErrorType.HOST_UNREACHABLE, "peer_address": address}
    users = (Role.FIRST, Role.REPEAT, Role.CACHE_BUSTER)
    probes = [
        replace(p, **(LOST | lost))  # type: ignore[arg-type]
        for p in x.run.by_role(*users)
    ]
    if pinned:
        asked = s.probe(Role.ADDRESS, s.SINCE, s.DROPPED, peer_address=pinned)
        probes.append(asked)
    x = replace(x, run=replace(x.run, probes=tuple(probes)))
    found = replace(KNOWS, addresses=(address,))
    return with_control(with_resolutions(x, found), peer_address=well)


MUTE = replace(FAILS, error_type="timeout")
NEAR = replace(FAILS, resolver="169.254.169.253")
BLIND = {
    "the control fails too": nobody_answers(),
    "the control fails too, nobody resolves": with_resolutions(
        nobody_answers(), MUTE, NEAR
    ),
    "its own resolver fails": unresolved(KNOWS, KNOWS, FAILS, ZONE),
    "its own resolver fails, the control's name too": with_control(
        unresolved(), **UNNAMED
    ),
    "its own resolver fails, the control's name too, one other knows the name": (
        with_control(unresolved(MUTE, KNOWS, ZONE), **UNNAMED)
    ),
    "its two own resolvers fail, the control's name too, the zone knows the name": (
        with_control(unresolved(MUTE, NEAR, ZONE), **UNNAMED)
    ),
    "all resolvers are mute": unresolved(MUTE, MUTE, NEAR, replace(MUTE, resolver="")),
    "no IPv6 here": of_other_family(),
    "no IPv4 here": of_other_family("203.0.113.20", well="2001:db8::80"),
}


@pytest.mark.parametrize("why", BLIND)
def test_a_blind_monitor_blames_no_target(why: str) -> None:
    """The external state is unknown, no cause is named, no incident changes."""
    x = BLIND[why]
    judgement = judge(x)
    assert judgement.symptom.external is View.UNKNOWN
    assert judgement.symptom.difference is Difference.UNKNOWN
    assert judgement.cause == NOT_ESTABLISHED
    assert judgement.class_ is None
    assert judgement.title == "Unknown: Parallax itself is blind"
    assert "from the internet: unknown (the probe" in judgement.symptom.summary
    assert advance(None, judgement, x, rules=Rules()) is None


@pytest.mark.parametrize("why", BLIND)
def test_it_is_an_incident_of_the_stack(why: str) -> None:
    """One mail about Parallax itself after some time, and one when it recovers."""
    incident: Incident | None = None
    turns: list[NotificationReason] = []
    well = [(60 + n, s.healthy()) for n in (60, 120, 480)]
    for seconds, found in [(0, BLIND[why]), (60, BLIND[why]), *well]:
        now = found.taken_at + timedelta(seconds=seconds)
        run = found.run and replace(found.run, started_at=now)
        x = replace(found, taken_at=now, run=run)
        judged = next(v for v in silences(x) if v.subject == "stack/probe").judgement
        incident = advance(incident, judged, x, rules=Rules())
        finding = incident and incident.finding
        if finding and finding.turn and (not turns or turns[-1] is not finding.turn):
            turns.append(finding.turn)
            if finding.turn is NotificationReason.FIRING:
                assert finding.class_ is Class.MONITOR
                body = mail_of(finding).body
                assert "PARALLAX IS BLIND (stack/probe)" in " ".join(body.split())
                assert "cause monitor-blind " in body
    assert incident
    assert incident.state is State.RESOLVED
    assert turns == [NotificationReason.FIRING, NotificationReason.RESOLVED]


def test_a_target_that_fails_alone_does_not_mean_blind() -> None:
    """The control URL responds, or there is none, or any host responded."""
    assert blind(nobody_answers(s.OK)) is None
    assert blind(nobody_answers(s.POD_503)) is None
    assert blind(nobody_answers(None)) is None
    assert of_the_stack(nobody_answers(s.OK)) == "none"
    answered = nobody_answers()
    assert answered.run
    page = s.probe(Role.DIRECT, s.SINCE, s.LB_503)
    some = replace(answered.run, probes=(*answered.run.probes, page))
    assert blind(replace(answered, run=some)) is None


def test_a_request_in_the_ingress_log_was_sent() -> None:
    """A log line proves that the probe has a network."""
    x = nobody_answers()
    assert x.run
    assert blind(replace(x, sightings=s.seen(x.run, None, status=499))) is None


def test_a_healthy_request_proves_a_network() -> None:
    """The control probe does not matter then."""
    x = s.healthy()
    assert x.run
    control = s.probe(Role.CONTROL, s.SINCE, s.DROPPED)
    run = replace(x.run, probes=(*x.run.probes, control))
    assert blind(replace(x, run=run)) is None


def test_a_name_that_most_resolvers_lack_is_the_targets_failure() -> None:
    """Too few resolvers have it, the zone does not, or the address is wrong."""
    for x in (
        unresolved(KNOWS, FAILS),
        unresolved(),
        unresolved(KNOWS, KNOWS, replace(ZONE, addresses=(), error_type="nxdomain")),
        unresolved(KNOWS, KNOWS, direct=s.LB_503),
    ):
        assert blind(x) is None
        assert judge(x).symptom.external is View.FAILING


@pytest.mark.parametrize(
    "answer",
    [KNOWS, ZONE, FAILS, replace(FAILS, error_type="nxdomain")],
    ids=["addresses", "the zone", "servfail", "nxdomain"],
)
def test_a_wrong_control_url_does_not_hide_an_outage(answer: Resolution) -> None:
    """A public name server responded, so the network is up."""
    assert blind(nobody_answers()) is not None
    x = with_resolutions(nobody_answers(), NEAR, answer)
    assert blind(x) is None
    assert judge(x).symptom.external is View.FAILING


def test_a_local_resolver_proves_no_internet() -> None:
    """It may respond from its cache without a network."""
    near = replace(NEAR, addresses=("203.0.113.20",), error_type=None)
    assert blind(with_resolutions(nobody_answers(), near)) is not None


def test_any_connection_proves_a_network() -> None:
    """A TCP connection that was closed, or whose certificate was rejected."""
    for phase in ("tls", "processing", "transfer"):
        x = nobody_answers()
        assert x.run
        one = replace(x.run.probes[1], error_type=ErrorType.TLS, error_phase=phase)
        probes = (x.run.probes[0], one, *x.run.probes[2:])
        assert blind(replace(x, run=replace(x.run, probes=probes))) is None


def test_a_control_that_was_not_sent_proves_nothing() -> None:
    """Its name resolved to an address that is not allowed."""
    never = LOST | {"error_type": ErrorType.ADDRESS_NOT_ALLOWED}
    assert blind(with_control(nobody_answers(), **never)) is None


def test_a_missing_name_is_no_broken_resolver() -> None:
    """A name server responded so; the control's name may be misspelled as well."""
    gone = replace(NEAR, error_type="nxdomain")
    for failure in (gone, replace(FAILS, error_type="nxdomain"), FAILS):
        x = with_control(unresolved(MUTE, failure), **UNNAMED)
        assert blind(x) is None
        assert judge(x).symptom.external is View.FAILING


def test_a_zone_without_the_name_is_the_targets_failure() -> None:
    """Another resolver still caches the name; the control fails by its own fault."""
    gone = replace(ZONE, addresses=(), error_type="nxdomain")
    for answers in ((MUTE, KNOWS, gone), (MUTE, KNOWS, FAILS, ZONE)):
        x = with_control(unresolved(*answers), **UNNAMED)
        assert blind(x) is None
        assert judge(x).symptom.external is View.FAILING


def test_a_control_that_resolves_shows_a_working_resolver() -> None:
    """Only the target's name fails, at half of the resolvers."""
    assert blind(with_control(unresolved(MUTE, KNOWS, ZONE))) is None


def test_a_family_is_missing_only_without_any_connection_of_it() -> None:
    """A pinned request was sent, or the control used that family, or failed itself."""
    for x in (
        of_other_family(pinned="2001:db8::20"),
        of_other_family(well="2001:db8::80"),
        with_control(of_other_family(), **LOST),
        with_resolutions(of_other_family()),
        with_resolutions(
            of_other_family(), replace(KNOWS, addresses=("2001:db8::20", "1.2.3.4"))
        ),
    ):
        assert "no way over" not in (blind(x) or "")
    sentence = blind(of_other_family())
    assert sentence == (
        "the probe has no route over IPv6, and platform-api.keybuzz.io has no other"
        " address"
    )
