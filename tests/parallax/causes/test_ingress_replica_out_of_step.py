"""Specification of the cause `ingress-replica-out-of-step`."""

from dataclasses import replace

from parallax.causes.ingress_replica_out_of_step import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import NodeReport, Pod
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def unasked(snapshot: Snapshot) -> Snapshot:
    """Remove the probes of single replicas."""
    bare = tuple(
        replace(r, probes=tuple(p for p in r.probes if p.role is not Role.INGRESS_POD))
        for r in snapshot.reports
    )
    return replace(snapshot, reports=bare)


def test_the_replica_that_always_fails_is_named() -> None:
    """By probes of each replica, and by the log."""
    judgement = judge(s.out_of_step())
    assessment = ask(CAUSE, s.out_of_step())
    assert judgement.cause == CAUSE.id
    assert assessment.evidence == (
        "1 of 5 ingress replicas responds 503 (ingress-1); the others succeed",
        "ingress log: 3 of 3 logged failing requests went to ingress-1",
    )
    assert "delete pod ingress-1" in (judgement.next_steps[1].command or "")


def test_the_log_alone_decides_if_chance_is_unlikely() -> None:
    """Three of thirteen at one of five replicas: 1 in 57."""
    assert answer(CAUSE, unasked(s.out_of_step())) is Answer.SUPPORTED


def test_few_lines_are_chance() -> None:
    """Two failing lines of four at different pods show nothing."""
    x = unasked(s.out_of_step())
    bad = [line for line in x.sightings if line.status_code == 503][:2]
    good = [line for line in x.sightings if line.status_code == 200][:2]
    assert answer(CAUSE, replace(x, sightings=(*bad, *good))) is Answer.UNKNOWN


def test_the_replicas_own_answers_are_enough() -> None:
    """Without a log the probes decide, if external requests get the same page."""
    assert answer(CAUSE, replace(s.out_of_step(), sightings=())) is Answer.SUPPORTED


def test_neither_log_nor_probes_is_undetermined() -> None:
    """An intermittent failure alone proves no cause."""
    x = replace(unasked(s.out_of_step()), sightings=())
    assert answer(CAUSE, x) is Answer.UNKNOWN
    assert judge(x).cause == NOT_ESTABLISHED


def test_a_replica_that_answers_now_so_and_now_so_is_not_it() -> None:
    """A limit, or a Service whose endpoints come and go."""
    x = s.asked_one_by_one(replace(s.out_of_step(), sightings=()), *[s.OK] * 5)
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_a_log_with_a_working_replica_contradicts() -> None:
    """The failing requests used a replica that responds to internal probes."""
    x = s.out_of_step()
    lines = tuple(
        replace(line, pod="ingress-3") if line.status_code == 503 else line
        for line in x.sightings
    )
    assert answer(CAUSE, replace(x, sightings=lines)) is Answer.UNKNOWN


def test_a_failure_at_a_pod_that_the_service_has_is_not_the_replicas() -> None:
    """It used a current endpoint; only a removed one proves an old configuration."""
    x = s.out_of_step()

    def asked(address: str) -> Snapshot:
        lines = tuple(
            replace(line, upstream_address=address, upstream_name="keybuzz-api-8080")
            if line.status_code == 503
            else line
            for line in x.sightings
        )
        return replace(x, sightings=lines)

    assert answer(CAUSE, asked("10.0.0.112:8080")) is Answer.UNKNOWN
    assert answer(CAUSE, asked("10.42.9.9:8080")) is Answer.SUPPORTED
    assert answer(CAUSE, asked("SRV_2")) is Answer.UNKNOWN


def test_one_replica_or_equal_replicas_rule_it_out() -> None:
    """A single replica, or equal responses, refute the cause."""
    alone = (Pod(name="ingress-1", ready=True),)
    assert (
        answer(CAUSE, s.with_reading(s.out_of_step(), ingress_pods=alone))
        is Answer.REFUTED
    )
    assert answer(CAUSE, s.slow_pods()) is Answer.REFUTED


def test_a_constant_failure_has_nothing_to_compare() -> None:
    """All users fail: other causes explain it."""
    assert answer(CAUSE, s.without_endpoints()) is Answer.UNKNOWN


def test_pods_with_the_same_status_come_first() -> None:
    """Without a log, an app pod may have written the replicas' responses."""
    x = replace(s.out_of_step(), sightings=())
    bad = s.probe(Role.POD, x.taken_at, s.POD_503, node="worker-01", healthy=False)
    first = replace(x.reports[0], probes=(*x.reports[0].probes, bad))
    assert answer(CAUSE, replace(x, reports=(first, *x.reports[1:]))) is Answer.UNKNOWN


def test_an_unmarked_page_is_the_ingresss_if_its_log_shows_it() -> None:
    """No upstream and this status, with any page."""
    x = unasked(s.out_of_step())
    assert x.run
    probes = tuple(
        p if p.healthy else replace(p, body="Request refused.", headers=())
        for p in x.run.probes
    )
    x = replace(x, run=replace(x.run, probes=probes))
    assert answer(CAUSE, x) is Answer.SUPPORTED
    assert answer(CAUSE, replace(x, sightings=())) is Answer.UNKNOWN


def test_a_replica_may_only_have_reached_its_limit() -> None:
    """Each replica counts separately; a limit with another status is not a reason."""
    limit = (("nginx.ingress.kubernetes.io/limit-rps", "1"),)
    limited = s.with_reading(s.out_of_step(), ingress_annotations=limit)
    assert answer(CAUSE, limited) is Answer.UNKNOWN
    assert judge(limited).cause != CAUSE.id
    body = (("nginx.ingress.kubernetes.io/proxy-body-size", "1m"),)
    x = s.with_reading(s.out_of_step(), ingress_annotations=body)
    assert answer(CAUSE, x) is Answer.SUPPORTED


def test_a_replicas_unmarked_page_is_its_own_if_no_pod_has_the_status() -> None:
    """The page has no marks; probes of pods succeed or get the same status."""
    x = s.out_of_step()
    bare: dict[str, object] = {"headers": (), "body": "Nothing here.", "reason": ""}

    def unmarked(report: NodeReport) -> NodeReport:
        probes = tuple(
            replace(p, **bare)  # type: ignore[arg-type]
            if p.role is Role.INGRESS_POD and not p.healthy
            else p
            for p in report.probes
        )
        return replace(report, probes=probes)

    odd = replace(x, reports=tuple(unmarked(r) for r in x.reports))
    assert answer(CAUSE, odd) is Answer.SUPPORTED
    assert "ingress-1" in ask(CAUSE, odd).evidence[0]
    failing = tuple(
        replace(
            r,
            probes=tuple(
                replace(p, status_code=503, healthy=False) if p.role is Role.POD else p
                for p in r.probes
            ),
        )
        for r in unasked(odd).reports
    )
    few = replace(odd, sightings=(), reports=failing)
    assert answer(CAUSE, few) is Answer.UNKNOWN


def test_an_ingress_without_pods_has_no_different_replica() -> None:
    """Only a complete list of the pods shows that there is none."""
    x = s.with_reading(s.ingress_gone(), ingress_pods=())
    assert answer(CAUSE, x) is Answer.REFUTED
    partial = s.with_reading(x, partial=("ingress_pods",))
    assert answer(CAUSE, partial) is Answer.UNKNOWN
