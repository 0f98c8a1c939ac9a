"""Specification of the cause `pod-too-slow`."""

from dataclasses import replace

from parallax.causes.pod_too_slow import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import Phases, Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def inside(**pages: str) -> Snapshot:
    """Return the scenario with other answers inside, and its log."""
    x = s.slow_pods()
    assert x.run
    given = {"ingress": s.INGRESS_504, "pod": s.HANGS} | pages
    fresh = s.taken(x.run, s.balancer(), *s.reports(**given))  # type: ignore[arg-type]
    return replace(fresh, sightings=x.sightings)


def taking(snapshot: Snapshot, seconds: float) -> Snapshot:
    """Return the snapshot with pods that respond after this time."""

    def later(probe: Probe) -> Probe:
        slow = Phases(connect=0.001, processing=seconds)
        return replace(probe, phases=slow, duration=seconds)

    reports = tuple(
        replace(
            r,
            probes=tuple(later(p) if p.role is Role.POD else p for p in r.probes),
        )
        for r in snapshot.reports
    )
    return replace(snapshot, reports=reports)


def test_pods_that_hang_are_named() -> None:
    """They accept connections and do not respond; the ingress timed out."""
    judgement = judge(s.slow_pods())
    assessment = ask(CAUSE, s.slow_pods())
    assert judgement.cause == CAUSE.id
    assert assessment.evidence == (
        (
            "5 of 5 probes of pods from their own nodes connected and got no response"
            " within 5.0 s"
        ),
        (
            "ingress log: 11 of 11 failing requests got no response from their pod in"
            " time; e.g. 10.0.0.110:8080 did not respond within 3.0 s (504, log of"
            " worker-01)"
        ),
    )
    assert "logs keybuzz-api-1" in (judgement.next_steps[0].command or "")
    load = judgement.next_steps[-1]
    assert "--containers; kubectl -n keybuzz get pod keybuzz-api-1" in str(load.command)
    assert "{.resources.limits}" in str(load.command)


def test_pods_that_answer_later_than_the_ingress_waits_are_it_too() -> None:
    """Four seconds, and nginx waits for three."""
    assert answer(CAUSE, taking(inside(pod=s.OK), 4.0)) is Answer.SUPPORTED
    assert answer(CAUSE, taking(inside(pod=s.OK), 2.0)) is Answer.UNKNOWN


def test_the_time_out_may_stand_in_an_annotation() -> None:
    """For a log without nginx's waiting time."""
    x = replace(taking(inside(pod=s.OK), 4.0), sightings=())
    name = "nginx.ingress.kubernetes.io/proxy-read-timeout"
    assert answer(CAUSE, s.with_reading(x, ingress_annotations=((name, "3"),))) is (
        Answer.SUPPORTED
    )
    assert answer(CAUSE, s.with_reading(x, ingress_annotations=((name, "60"),))) is (
        Answer.UNKNOWN
    )


def test_the_page_outside_is_enough_without_the_log() -> None:
    """Users get the ingress's own 504."""
    assert answer(CAUSE, replace(s.slow_pods(), sightings=())) is Answer.SUPPORTED


def test_pods_that_answer_at_once_rule_it_out() -> None:
    """And no 504 of the ingress anywhere."""
    assert answer(CAUSE, s.wrong_port()) is Answer.REFUTED


def test_pods_that_respond_on_the_same_node_are_another_cause() -> None:
    """Cut off from other nodes, they are not slow."""
    assert answer(CAUSE, s.cut_off()) is Answer.UNKNOWN


def test_a_connect_without_an_answer_is_not_slow() -> None:
    """Nothing accepted the request."""
    assert answer(CAUSE, inside(pod=s.DROPPED)) is Answer.UNKNOWN


def test_without_any_one_source_it_is_undetermined() -> None:
    """No agents, no endpoints, no probes of pods."""
    x = s.slow_pods()
    bare = tuple(replace(r, probes=()) for r in x.reports)
    for blind in (
        replace(x, reports=()),
        s.with_reading(x, endpoints=None),
        replace(x, reports=bare),
    ):
        assert answer(CAUSE, blind) is Answer.UNKNOWN
        assert judge(blind).cause == NOT_ESTABLISHED


def test_the_balancers_own_504_is_not_the_pods() -> None:
    """Its time may be too short; that is another cause."""
    page = "haproxy/504_server_timeout"
    x = s.taken(
        s.run(page, after=3.0), s.balancer(), *s.reports(ingress=s.OK, pod=s.HANGS)
    )
    assert answer(CAUSE, x) is Answer.UNKNOWN


def test_one_slow_pod_does_not_explain_that_everybody_fails() -> None:
    """The other pods would have served some requests."""
    x = s.slow_pods()
    slow, fast = s.reports(ingress=s.INGRESS_504, pod=s.HANGS), s.reports()
    mixed = replace(x, reports=(slow[0], *fast[1:]))
    assert answer(CAUSE, mixed) is Answer.UNKNOWN


def gave_up(snapshot: Snapshot) -> Snapshot:
    """Return users who gave up first: no page, and 499 in the log."""
    assert snapshot.run
    hung = s.answer(s.HANGS) | {"status_code": None, "body": "", "headers": ()}
    probes = tuple(
        replace(p, **hung) if p.status_code == 504 else p  # type: ignore[arg-type]
        for p in snapshot.run.probes
    )
    lines = tuple(
        replace(v, status_code=499, upstream_status=None, upstream_response_length=None)
        for v in snapshot.sightings
    )
    outside = replace(snapshot.run, probes=probes)
    return replace(snapshot, run=outside, sightings=lines)


def test_users_who_give_up_before_the_ingress_does_are_explained_too() -> None:
    """The log has 499 and the pod that did not respond."""
    assert judge(gave_up(s.slow_pods())).cause == CAUSE.id
    assert judge(gave_up(s.cut_off())).cause == "overlay-between-nodes-broken"
    unlogged = replace(gave_up(s.slow_pods()), sightings=())
    assert judge(unlogged).cause == NOT_ESTABLISHED


def test_how_long_the_ingress_waits_is_stated_if_its_clients_give_up() -> None:
    """Internal probes show the time that it waits at least; they do not decide."""
    x = gave_up(s.slow_pods())
    slow = {"status_code": 200, "healthy": True, "duration": 4.0, "error_type": None}
    reports = tuple(
        replace(r, probes=tuple(replace(p, **slow) for p in r.probes))  # type: ignore[arg-type]
        for r in x.reports
    )
    (missing,) = ask(CAUSE, replace(x, reports=reports)).missing
    assert missing == (
        "whether the ingress would have timed out on these requests: the load balancer"
        " or CDN closed them first (499); internal probes of the ingress succeed after"
        " up to 4.0 s"
    )


def test_pods_that_refuse_or_are_unused_hide_how_slow_they_are() -> None:
    """Nothing gets a response from them, so how long it takes is not visible."""
    (missing,) = ask(CAUSE, s.pods_refuse()).missing
    assert missing.endswith("5 of 5 probes of pods from their own nodes were refused")
    assert answer(CAUSE, s.pods_not_ready()) is Answer.UNKNOWN


def test_a_slow_pod_proves_nothing_about_another_one() -> None:
    """The log shows requests to a pod that its own node gets a response from."""
    x = s.slow_pods()
    there = s.NODES[0]
    one_slow = replace(
        x,
        reports=tuple(
            r
            if r.node == there
            else replace(r, probes=tuple(p for p in r.probes if p.role is not Role.POD))
            for r in x.reports
        ),
    )
    assert answer(CAUSE, one_slow) is Answer.SUPPORTED
    others = tuple(
        replace(v, upstream_address="10.0.0.114:8080") for v in one_slow.sightings
    )
    assert answer(CAUSE, replace(one_slow, sightings=others)) is Answer.UNKNOWN


def test_a_slow_pod_that_the_ingress_did_not_use_leaves_it_open() -> None:
    """The log names others, which respond at once to their own nodes."""
    x = s.slow_pods()
    quick = s.reports(ingress=s.INGRESS_504)
    reports = tuple(
        r if r.node == s.NODES[4] else replace(q, sightings=r.sightings)
        for r, q in zip(x.reports, quick, strict=True)
    )
    pages = [s.INGRESS_504_BY_LB, s.OK, *[s.INGRESS_504_BY_LB] * 9]
    lines = s.seen(s.run(pages), 504, status=504, length=0)
    mixed = replace(x, run=s.run(pages), reports=reports, sightings=lines)
    assert answer(CAUSE, mixed) is Answer.UNKNOWN
    own = tuple(
        replace(line, upstream_address=f"{s.address(s.NODES[4])}:8080")
        for line in lines
    )
    assert answer(CAUSE, replace(mixed, sightings=own)) is Answer.SUPPORTED


def unlogged(ingress: str = s.HANGS, page: str = s.HANGS, wait: float = 10) -> Snapshot:
    """Return hanging pods behind an ingress whose log no agent reads, as Cilium's."""
    run = s.run(page)
    waited = tuple(replace(p, duration=wait) for p in run.probes)
    reports = tuple(
        replace(r, log_read_at=None) for r in s.reports(ingress=ingress, pod=s.HANGS)
    )
    return s.taken(replace(run, probes=waited), s.balancer(), *reports)


def test_without_a_log_everybody_has_to_wait_in_vain() -> None:
    """All pods, the ingress and all users; no user gives up before the agents."""
    assert answer(CAUSE, unlogged()) is Answer.SUPPORTED
    assert answer(CAUSE, unlogged(wait=3)) is Answer.UNKNOWN
    assert answer(CAUSE, unlogged(ingress=s.OK)) is Answer.UNKNOWN
    assert answer(CAUSE, unlogged(page=s.LB_503)) is Answer.UNKNOWN
    x = unlogged()
    read = tuple(replace(r, log_read_at=s.NOW) for r in x.reports)
    assert answer(CAUSE, replace(x, reports=read)) is Answer.UNKNOWN
