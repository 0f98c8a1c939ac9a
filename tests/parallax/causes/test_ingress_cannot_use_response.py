"""Specification of the cause `ingress-cannot-use-response`."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from parallax.causes.ingress_cannot_use_response import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import Answer
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def lines(**changes: object) -> Snapshot:
    """Return the scenario with these changes in each log line."""
    x = s.unusable_response()
    seen = tuple(replace(line, **changes) for line in x.sightings)  # type: ignore[arg-type]
    return replace(x, sightings=seen)


def test_pods_that_respond_well_to_others_are_not_blamed() -> None:
    """The ingress is, and its error log is read first."""
    x = s.unusable_response()
    judgement = judge(x)
    assert judgement.cause == CAUSE.id
    (shown,) = [a for a in judgement.assessments if a.cause == CAUSE.id]
    first, second = shown.evidence
    assert "although all 10 internal probes of its pods succeed" in first
    assert "contains 11 of 11 failing requests" in second
    assert "e.g. 10.0.0.110:8080 (log of worker-01)" in second
    texts = " ".join(f"{x.text} {x.command}" for x in judgement.next_steps)
    for word in ("proxy-buffer-size", "backend-protocol", "prematurely closed"):
        assert word in texts


def test_the_settings_that_decide_are_evidence() -> None:
    """Of the Ingress and of the controller."""
    annotation = ("nginx.ingress.kubernetes.io/backend-protocol", "HTTPS")
    config = (("upstream-keepalive-timeout", "320"),)
    x = s.with_reading(
        s.unusable_response(), ingress_annotations=(annotation,), ingress_config=config
    )
    evidence = ask(CAUSE, x).evidence
    assert "backend-protocol is HTTPS" in evidence
    assert "upstream-keepalive-timeout is 320" in evidence


def test_some_requests_may_succeed() -> None:
    """Closed connections affect a share."""
    outside = s.run(
        [s.INGRESS_502_BY_LB, *[s.OK] * 9, s.INGRESS_502_BY_LB], direct=s.OK
    )
    seen = tuple(
        replace(line, upstream_response_time=0.002)
        for line in s.seen(outside, 502, status=502, length=0)
    )
    x = s.taken(outside, s.balancer(), *s.reports(sightings=seen))
    assert judge(x).cause == CAUSE.id


def closed_at_once(*, restarts: int = 0) -> Snapshot:
    """Return a share of requests that fail at once at pods that serve the others."""
    pages = [s.INGRESS_502_BY_LB, *[s.OK] * 9, s.INGRESS_502_BY_LB]
    outside = s.run(pages, direct=s.OK)
    lost = tuple(
        replace(line, upstream_response_time=0.0)
        for line in s.seen(outside, 502, status=502, length=0)
    )
    well = tuple(
        replace(lost[0], request_id=p.request_id, status_code=200, upstream_status=200)
        for p in outside.probes
        if p.healthy
    )
    x = s.taken(outside, s.balancer(), *s.reports(sightings=(*lost, *well)))
    read = s.reading(s.NOW).pods or ()
    pods = tuple(replace(p, restarts=restarts) for p in read)
    return s.with_reading(x, pods=pods)


def test_a_kept_connection_that_the_app_closed_fails_at_once() -> None:
    """The same pods serve other requests; a pod that restarts leaves it open."""
    assert judge(closed_at_once()).cause == CAUSE.id
    assert answer(CAUSE, closed_at_once(restarts=2)) is Answer.UNKNOWN


def test_an_ingress_that_uses_the_service_s_address_is_understood() -> None:
    """The annotation `service-upstream`: internal probes of the Service succeed."""
    x = lines(upstream_address="10.96.0.7:8080")
    service = replace(
        s.service("keybuzz-api", 8080, 30080, "8080"), cluster_ip="10.96.0.7"
    )
    reports = tuple(
        replace(
            r,
            probes=(
                *r.probes,
                s.probe(
                    Role.SERVICE,
                    r.sent_at,
                    s.OK,
                    node=r.node,
                    peer_address="10.96.0.7",
                    peer_port=8080,
                ),
            ),
        )
        for r in x.reports
    )
    x = s.with_reading(replace(x, reports=reports), service=service)
    assert judge(x).cause == CAUSE.id


@pytest.mark.parametrize(
    "open_case",
    [
        lines(upstream_response_time=0.0),
        lines(upstream_response_time=None),
        lines(upstream_address="10.9.9.9:8080"),
        lines(upstream_address="SRV_1", upstream_status=None),
        lines(upstream_response_length=None),
        replace(s.unusable_response(), sightings=()),
        s.with_reading(s.unusable_response(), endpoints_changed_at=s.SINCE + s.MINUTE),
        s.with_reading(s.unusable_response(), endpoints=None),
        replace(s.unusable_response(), reports=()),
    ],
    ids=[
        "at-once",
        "no-time",
        "no-endpoint",
        "no-status",
        "no-length",
        "no-log",
        "changed",
        "unread",
        "silent",
    ],
)
def test_without_any_one_proof_it_stays_open(open_case: Snapshot) -> None:
    """The ingress may not even have connected."""
    assert answer(CAUSE, open_case) is Answer.UNKNOWN


def test_a_servers_name_is_enough_if_every_pod_of_the_service_responds() -> None:
    """HAProxy does not log which pod it was."""
    own, other = "keybuzz_svc_keybuzz-api_http", "keybuzz_svc_other_http"
    named = lines(upstream_address="SRV_1", upstream_name=own)
    assert judge(named).cause == CAUSE.id
    unknown = lines(upstream_address="SRV_1", upstream_name=other)
    assert answer(CAUSE, unknown) is Answer.UNKNOWN


def test_one_late_line_among_many_at_once_proves_no_connection() -> None:
    """A busy machine also delays a refused connection by some milliseconds."""
    x = lines(upstream_response_time=0.0)
    late, *rest = x.sightings
    late = replace(late, upstream_response_time=0.003)
    assert answer(CAUSE, replace(x, sightings=(late, *rest))) is Answer.UNKNOWN


def test_one_pod_that_fails_its_probe_leaves_it_open() -> None:
    """The ingress may have used that one."""
    x = s.unusable_response()
    bad = s.reports(ingress=s.INGRESS_502, pod=s.HANGS)
    reports = (replace(bad[0], sightings=x.sightings), *x.reports[1:])
    assert answer(CAUSE, replace(x, reports=reports)) is Answer.UNKNOWN


def test_pods_seen_only_from_their_own_node_leave_it_open() -> None:
    """The network between nodes may be at fault."""
    x = s.unusable_response()
    reports = tuple(
        replace(
            r,
            probes=tuple(
                p for p in r.probes if p.role is not Role.POD or p.peer_node == p.node
            ),
        )
        for r in x.reports
    )
    assert answer(CAUSE, replace(x, reports=reports)) is Answer.UNKNOWN


@pytest.mark.parametrize("other", [s.pod_error, s.rejected, s.out_of_step])
def test_another_status_rules_it_out(other: Callable[[], Snapshot]) -> None:
    """The ingress responds 502 to what it cannot use."""
    assert answer(CAUSE, other()) is Answer.REFUTED


def test_a_pods_own_502_is_not_the_ingress_s() -> None:
    """Its response has a length."""
    assert answer(CAUSE, lines(upstream_response_length=30)) is Answer.REFUTED
