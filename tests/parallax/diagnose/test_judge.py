"""Specification of judging: `parallax.diagnose.judge` over every cause."""

import sys
from dataclasses import replace
from datetime import timedelta
from typing import NoReturn

import pytest

from parallax.causes import CAUSES, Cause
from parallax.diagnose.judge import ask, judge
from parallax.evidence.reading import Missing
from parallax.evidence.scene import Scene
from parallax.model.balancer import (
    BalancerReading,
    BalancerTarget,
    HealthStatus,
    Problem,
)
from parallax.model.cluster import Workload
from parallax.model.judgement import (
    NOT_ESTABLISHED,
    Answer,
    Assessment,
    Class,
    Difference,
    Hop,
    HopState,
)
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s


def answers(snapshot: Snapshot) -> dict[str, Answer]:
    """Return each cause's answer."""
    return {a.cause: a.answer for a in judge(snapshot).assessments}


def without_logs(snapshot: Snapshot) -> Snapshot:
    """Take the ingress logs away."""
    reports = tuple(
        replace(r, sightings=(), log_read_at=None) for r in snapshot.reports
    )
    return replace(snapshot, reports=reports, sightings=())


def without_reading(snapshot: Snapshot) -> Snapshot:
    """Remove the readings of the Kubernetes API."""
    reports = tuple(replace(r, reading=None) for r in snapshot.reports)
    return replace(snapshot, reports=reports)


def without_inside_probes(snapshot: Snapshot) -> Snapshot:
    """Take away the agents' probes."""
    reports = tuple(replace(r, probes=()) for r in snapshot.reports)
    return replace(snapshot, reports=reports)


def without_roles(snapshot: Snapshot, *roles: Role) -> Snapshot:
    """Take outside probes of some roles away."""
    assert snapshot.run
    kept = tuple(p for p in snapshot.run.probes if p.role not in roles)
    return replace(snapshot, run=replace(snapshot.run, probes=kept))


def with_stale_balancer(snapshot: Snapshot) -> Snapshot:
    """Let the balancer have been read before the failure began."""
    assert snapshot.balancer
    before = s.SINCE - timedelta(seconds=5)
    return replace(snapshot, balancer=replace(snapshot.balancer, read_at=before))


def without_investigation(snapshot: Snapshot) -> Snapshot:
    """Leave only the first probe, as while the first investigation is under way."""
    assert snapshot.run
    alone = replace(snapshot.run, probes=snapshot.run.probes[:1], resolutions=())
    return replace(snapshot, run=alone)


def without_resolvers(snapshot: Snapshot) -> Snapshot:
    """Take the resolvers' answers away."""
    assert snapshot.run
    return replace(snapshot, run=replace(snapshot.run, resolutions=()))


def with_silent_agents(snapshot: Snapshot) -> Snapshot:
    """Let every agent have fallen silent minutes ago."""
    ago = timedelta(minutes=5)
    reports = tuple(
        replace(r, sent_at=r.sent_at - ago, received_at=r.sent_at - ago)
        for r in snapshot.reports
    )
    return replace(snapshot, reports=reports)


def with_a_late_clock(snapshot: Snapshot) -> Snapshot:
    """Let every node's clock be ten minutes late; ingest's is right."""
    late = timedelta(minutes=10)
    reports = tuple(
        replace(
            r,
            sent_at=r.sent_at - late,
            log_read_at=r.log_read_at and r.log_read_at - late,
            probes=tuple(replace(p, started_at=p.started_at - late) for p in r.probes),
            reading=r.reading and replace(r.reading, read_at=r.reading.read_at - late),
        )
        for r in snapshot.reports
    )
    return replace(snapshot, reports=reports)


BLINDFOLDS = {
    "no investigation": without_investigation,
    "no resolvers": without_resolvers,
    "silent agents": with_silent_agents,
    "no balancer reading": lambda x: replace(x, balancer=None),
    "stale balancer reading": with_stale_balancer,
    "no agents": lambda x: replace(x, reports=(), sightings=()),
    "no logs": without_logs,
    "no Kubernetes API": without_reading,
    "no inside probes": without_inside_probes,
    "no direct probe": lambda x: without_roles(x, Role.DIRECT, Role.CACHE_BUSTER),
    "no unknown-host probe": lambda x: without_roles(x, Role.UNKNOWN_HOST),
    "no repeats": lambda x: without_roles(x, Role.REPEAT),
}


@pytest.mark.parametrize("cause", s.FAULTS)
def test_each_fault_is_named(cause: str) -> None:
    """A whole snapshot of a fault names its cause, its class and its hop."""
    judgement = judge(s.FAULTS[cause]())
    known = next(c for c in CAUSES if c.id == cause)
    assert judgement.cause == cause
    assert (judgement.class_, judgement.hop) == (known.class_, known.hop)
    assert judgement.complete
    assert judgement.next_steps


@pytest.mark.parametrize("cause", s.FAULTS)
def test_no_other_cause_is_shown_beside_it(cause: str) -> None:
    """All pairs: whatever else is shown is explained by the fault."""
    found = judge(s.FAULTS[cause]()).assessments
    shown = [a for a in found if a.answer is Answer.SUPPORTED]
    assert [a.cause for a in shown if a.explained_by is None] == [cause]
    assert {a.explained_by for a in shown} <= {None, cause}


@pytest.mark.parametrize("cause", s.FAULTS)
def test_a_nodes_late_clock_changes_nothing(cause: str) -> None:
    """The skew between a node's clock and ingest's is taken out."""
    assert judge(with_a_late_clock(s.FAULTS[cause]())).cause == cause


@pytest.mark.parametrize("cause", s.FAULTS)
def test_what_is_missing_rules_nothing_out_that_was_shown(cause: str) -> None:
    """Without a source a cause that holds is shown or unknown, never refuted."""
    for name, blindfold in BLINDFOLDS.items():
        assert answers(blindfold(s.FAULTS[cause]()))[cause] is not Answer.REFUTED, name


@pytest.mark.parametrize("blindfold", BLINDFOLDS)
@pytest.mark.parametrize("cause", s.FAULTS)
def test_blind_in_one_eye_never_blames_another(cause: str, blindfold: str) -> None:
    """With any one source gone, the right cause is named or none."""
    judgement = judge(BLINDFOLDS[blindfold](s.FAULTS[cause]()))
    assert judgement.cause in {cause, NOT_ESTABLISHED}


@pytest.mark.parametrize("cause", s.FAULTS)
def test_each_cause_is_refuted_where_another_or_none_holds(cause: str) -> None:
    """Each cause is ruled out by some other whole snapshot."""
    others = [f() for name, f in s.FAULTS.items() if name != cause]
    assert any(answers(o)[cause] is Answer.REFUTED for o in others)


@pytest.mark.parametrize("cause", s.FAULTS)
def test_nothing_known_means_unknown(cause: str) -> None:
    """Without any evidence every cause is unknown and names what is missing."""
    blank = s.taken(s.run(s.LB_503, investigated=False))
    stripped = replace(blank, run=None)
    for assessment in judge(stripped).assessments:
        assert assessment.answer is Answer.UNKNOWN, (cause, assessment)
        assert assessment.missing


def test_health_raises_nothing() -> None:
    """Healthy outside and inside: cause none, and no cause supported."""
    judgement = judge(s.healthy())
    assert judgement.cause == "none"
    assert judgement.title == "The target is healthy"
    assert judgement.symptom.difference is Difference.NONE
    assert all(a.answer is not Answer.SUPPORTED for a in judgement.assessments)
    assert {h.state for h in judgement.path} == {HopState.OK}


def test_a_healthy_balancer_with_another_health_check_port_is_not_blamed() -> None:
    """Another port that works is not a fault."""
    x = s.taken(s.run(s.POD_503), s.balancer(asks=32443), *s.reports())
    assert answers(x)["lb-health-check-wrong-port"] is Answer.REFUTED


@pytest.mark.parametrize("rest", [HealthStatus.UNKNOWN, HealthStatus.HEALTHY])
def test_the_balancer_is_blamed_only_if_every_target_is_unhealthy(
    rest: HealthStatus,
) -> None:
    """One target not looked at yet, or healthy, is enough to hold the blame."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    reading = s.balancer(healthy=0, asks=30081, rest=rest)
    assert judge(s.taken(outside, reading, *s.reports())).cause == NOT_ESTABLISHED


def test_an_old_servers_page_says_nothing_of_the_balancer() -> None:
    """Users reached another machine: only direct requests show the load balancer."""
    found = judge(s.FAULTS["dns-stale-address"]()).assessments
    firewall = next(a for a in found if a.cause.startswith("node-firewall"))
    fact = "ingress-nginx responded 404 to the unknown-host probe"
    assert firewall.evidence[0].startswith(fact)


def test_a_health_check_port_that_is_a_node_port_of_ours_is_not_wrong() -> None:
    """A check of the app's own NodePort fails for another reason."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    x = s.taken(outside, s.balancer(healthy=0, asks=30080), *s.reports())
    assert answers(x)["lb-health-check-wrong-port"] is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("LoadBalancer", Answer.UNKNOWN), ("NodePort", Answer.SUPPORTED)],
)
def test_local_traffic_policy_of_a_load_balancer_leaves_the_port_open(
    kind: str, answer: Answer
) -> None:
    """The port may be the healthCheckNodePort, which no Service of NodePorts has."""
    x = s.wrong_port()
    reports = []
    for report in x.reports:
        assert report.reading
        assert report.reading.ingress_service
        ingress = replace(
            report.reading.ingress_service,
            type=kind,
            external_traffic_policy="Local",
        )
        reading = replace(report.reading, ingress_service=ingress)
        reports.append(replace(report, reading=reading))
    x = replace(x, reports=tuple(reports))
    assert answers(x)["lb-health-check-wrong-port"] is answer


def test_of_two_faults_the_outer_is_named_and_the_inner_told() -> None:
    """Wrong health check, no ready pod: users meet the first, both are true."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    inside = s.reports(ingress=s.INGRESS_503, ready=0)
    x = s.taken(outside, s.balancer(healthy=0, asks=30081), *inside)
    judgement = judge(x)
    assert judgement.cause == "lb-health-check-wrong-port"
    assert answers(x)["pods-not-ready"] is Answer.SUPPORTED
    assert next(h for h in judgement.path if h.hop is Hop.SERVICE).state is (
        HopState.FAULTY
    )


def test_unhealthy_targets_are_not_the_balancers_fault_if_the_inside_fails() -> None:
    """An HTTP health check may be right; the emptiness behind it is the cause."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    inside = s.reports(ingress=s.INGRESS_503, ready=0)
    reading = s.checking("http", s.balancer(healthy=0))
    assert judge(s.taken(outside, reading, *inside)).cause == "pods-not-ready"


def test_a_tcp_health_check_does_not_fail_for_what_the_app_answers() -> None:
    """Two faults: users meet the balancer first, and the second is true as well."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    inside = s.reports(ingress=s.INGRESS_503, ready=0)
    x = s.taken(outside, s.balancer(healthy=0), *inside)
    assert judge(x).cause == "lb-no-healthy-target"
    assert answers(x)["pods-not-ready"] is Answer.SUPPORTED
    silent = s.reports(ingress=s.REFUSED, ready=0)
    x = s.taken(outside, s.balancer(healthy=0), *silent)
    assert answers(x)["lb-no-healthy-target"] is Answer.UNKNOWN


def test_refusing_pods_behind_an_http_health_check_are_named() -> None:
    """The health check gets 502 from the ingress, users get the balancer's page."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    inside = s.reports(ingress=s.INGRESS_502, pod=s.REFUSED)
    reading = s.checking("http", s.balancer(healthy=0))
    judgement = judge(s.taken(outside, reading, *inside))
    assert judgement.cause == "pod-refuses-connection"


def test_a_healthy_balancer_that_says_503_itself_is_not_established() -> None:
    """Targets healthy, connection fails: no shipped cause explains it."""
    x = s.taken(s.run("haproxy/503_connect_refused"), s.balancer(), *s.reports())
    assert judge(x).cause == NOT_ESTABLISHED


def test_a_cache_before_a_failing_origin_is_not_the_culprit() -> None:
    """What the cache kept is still true, and hides whether it is kept too long."""
    outside = s.run(s.REPLAYED_503, direct=s.POD_503)
    x = s.taken(outside, s.balancer(), *s.reports(pod=s.POD_503, ingress=s.POD_503))
    assert answers(x)["cache-replays-error"] is Answer.UNKNOWN


def test_a_pods_error_seen_only_from_outside_is_proven_by_the_log() -> None:
    """Maintenance logic in the app: inside well, the upstream said 503."""
    outside = s.run(s.POD_503)
    inside = s.reports(sightings=s.seen(outside, 503))
    judgement = judge(s.taken(outside, s.balancer(), *inside))
    assert judgement.cause == "pod-answers-error"
    assert judgement.symptom.difference is Difference.EXTERNAL_ONLY


def test_a_502_in_the_log_without_an_answer_is_no_pods_word() -> None:
    """Nginx logs 502 as upstream status also when nobody answered."""
    outside = s.run("chain/lb_http__pod_refused_502")
    lines = tuple(
        replace(line, upstream_response_length=0)
        for line in s.seen(outside, 502, status=502)
    )
    x = s.taken(outside, s.balancer(), *s.reports(sightings=lines))
    assert answers(x)["pod-answers-error"] is not Answer.SUPPORTED


def test_pods_behind_an_http_health_check_speak_through_the_balancers_page() -> None:
    """Every pod answers 503, so the health check rightly takes all targets out."""
    reading = s.checking("http", s.balancer(healthy=0))
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    inside = s.reports(pod=s.POD_503, ingress=s.POD_503)
    assert judge(s.taken(outside, reading, *inside)).cause == "pod-answers-error"


def test_targets_of_a_label_selector_count_one_by_one() -> None:
    """The selector's own entry is not a target."""
    x = s.wrong_port()
    assert x.balancer
    assert x.balancer.load_balancer
    found = x.balancer.load_balancer
    selector = BalancerTarget(
        type="label_selector", selector="role=worker", targets=found.targets
    )
    reading = replace(x.balancer, load_balancer=replace(found, targets=(selector,)))
    judgement = judge(replace(x, balancer=reading))
    assert judgement.cause == "lb-health-check-wrong-port"
    assert any("5 of 5 targets unhealthy" in h.seen for h in judgement.path)


def test_a_plain_http_url_is_judged_by_port_80() -> None:
    """The listen port is the URL's, and so is the command's."""
    plain = replace(s.TARGET, url="http://platform-api.keybuzz.io/")
    judgement = judge(replace(s.wrong_port(), target=plain))
    assert judgement.cause == "lb-health-check-wrong-port"
    assert "--listen-port 80 " in (judgement.next_steps[0].command or "")


def test_a_problem_of_the_api_is_told_and_not_a_refutation() -> None:
    """A wrong token leaves the balancer unknown, by name of the problem."""
    problem = BalancerReading(
        target=s.TARGET.name, read_at=s.NOW, problem=Problem.UNAUTHORIZED
    )
    judgement = judge(replace(s.wrong_port(), balancer=problem))
    assert judgement.cause == NOT_ESTABLISHED
    assert judgement.complete
    assert "unauthorized" in next(
        h.seen for h in judgement.path if h.hop is Hop.LOAD_BALANCER
    )


@pytest.mark.parametrize("name", ["keybuzz-lb", None])
def test_a_balancer_that_is_gone_is_looked_for_and_not_described(
    name: str | None,
) -> None:
    """Its name leads nowhere, so the command lists those that there are."""
    gone = BalancerReading(
        target=s.TARGET.name, read_at=s.NOW, problem=Problem.NOT_FOUND
    )
    reached = replace(s.TARGET.reached, load_balancer=name)
    x = replace(s.wrong_port(), target=replace(s.TARGET, reached=reached))
    commands = [step.command for step in judge(replace(x, balancer=gone)).next_steps]
    assert commands[0] == "hcloud load-balancer list"
    assert "describe" not in str(commands)


def test_a_rollout_under_way_settles() -> None:
    """The judgement stands, and says why the alarm waits."""
    x = s.wrong_port()
    work = Workload(kind="DaemonSet", name="keybuzz-api", desired=5, ready=2, updated=2)
    reports = tuple(
        replace(r, reading=r.reading and replace(r.reading, workloads=(work,)))
        for r in x.reports
    )
    judgement = judge(replace(x, reports=reports))
    assert "DaemonSet keybuzz-api" in (judgement.settling or "")
    old = replace(x, reports=reports, failing_since=s.NOW - timedelta(minutes=5))
    assert judge(old).settling is None


def test_a_cause_that_raises_becomes_unknown() -> None:
    """A bug in one cause silences nobody."""

    def broken(_: Snapshot) -> Assessment:
        raise ZeroDivisionError("oops")

    cause = Cause(
        id="broken",
        class_=Class.CACHE,
        hop=Hop.CDN,
        title="",
        assess=broken,
        next_steps=lambda _: (),
    )
    assessment = ask(cause, s.healthy())
    assert assessment.answer is Answer.UNKNOWN
    assert "ZeroDivisionError" in assessment.missing[0]


def test_what_is_missing_makes_a_cause_unknown_with_that_sentence() -> None:
    """The engine says what is missing, beside what was found before."""

    def blind(_: Scene) -> Assessment:
        raise Missing("a reading", "another one", evidence=("a fact",))

    assessment = ask(replace(CAUSES[0], assess=blind), s.healthy())
    assert (assessment.cause, assessment.answer) == (CAUSES[0].id, Answer.UNKNOWN)
    assert (assessment.missing, assessment.evidence) == (
        ("a reading", "another one"),
        ("a fact",),
    )


@pytest.mark.parametrize("error", [Missing("a reading"), ZeroDivisionError("oops")])
def test_a_cause_whose_next_steps_raise_is_named_all_the_same(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A finding without a command is better than none."""

    def broken(_: Scene) -> NoReturn:
        raise error

    causes = tuple(replace(c, next_steps=broken) for c in CAUSES)
    monkeypatch.setattr(sys.modules["parallax.diagnose.judge"], "CAUSES", causes)
    judgement = judge(s.wrong_port())
    assert judgement.cause == "lb-health-check-wrong-port"
    assert judgement.next_steps == ()


@pytest.mark.parametrize("cause", CAUSES, ids=lambda c: c.id)
def test_each_cause_has_its_page(cause: Cause) -> None:
    """The module's docstring has the headings, and is named after the id."""
    module = cause.assess.__module__
    page = __import__(module, fromlist=["*"]).__doc__
    assert module.endswith(cause.id.replace("-", "_"))
    for heading in ("Meaning:", "Impact:", "Diagnosis:", "Mitigation:"):
        assert heading in page


def test_a_log_that_is_still_being_read_is_waited_for() -> None:
    """Nothing established, and the log not read since the last request: not whole.

    Where no log is followed there is none to wait for; nor is there for a cause
    that is established without one.
    """
    logged = s.FAULTS["cdn-cannot-reach-origin"]()
    late = replace(
        logged, reports=tuple(replace(r, log_read_at=s.SINCE) for r in logged.reports)
    )
    assert (judge(late).cause, judge(late).complete) == (NOT_ESTABLISHED, False)
    unlogged = without_logs(logged)
    assert (judge(unlogged).cause, judge(unlogged).complete) == (NOT_ESTABLISHED, True)
    shown = s.FAULTS["lb-no-target"]()
    reports = tuple(replace(r, log_read_at=s.SINCE) for r in shown.reports)
    assert judge(replace(shown, reports=reports)).complete
