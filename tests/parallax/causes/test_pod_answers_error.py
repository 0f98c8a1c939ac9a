"""Specification of `pod-answers-error`."""

from dataclasses import replace

import pytest

from parallax.causes.pod_answers_error import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import NodeReport, Sighting
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.probe import AS_A_USER, Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import nodes as n
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

CUSTOM = "ingress-nginx/503_custom_http_errors_from_pod_503"


def upstream(run: ProbeRun, address: str, status: int) -> tuple[Sighting, ...]:
    """Return log lines that name an upstream."""
    return tuple(
        replace(
            line, status_code=status, upstream_status=status, upstream_address=address
        )
        for line in s.seen(run, status, status)
    )


@pytest.mark.parametrize(
    ("page", "status"), [(s.INGRESS_404_BY_LB, 404), (CUSTOM, 503), (s.POD_503, 503)]
)
def test_the_default_backend_is_no_pod_of_the_service(page: str, status: int) -> None:
    """An upstream that is not an endpoint of the Service proves nothing about it."""
    run = s.run(page)
    lines = upstream(run, "10.42.0.9:8080", status)
    x = s.taken(run, s.balancer(), *s.reports(sightings=lines))
    assert judge(x).cause == NOT_ESTABLISHED
    asked = ask(CAUSE, x)
    assert asked.answer is Answer.UNKNOWN
    assert "10.42.0.9:8080" in asked.missing[0]


@pytest.mark.parametrize(
    ("backend", "expected"),
    [
        ("keybuzz_svc_keybuzz-api_http", Answer.SUPPORTED),
        ("keybuzz_keybuzz-api_8080", Answer.SUPPORTED),
        ("keybuzz_svc_other_http", Answer.UNKNOWN),
        ("other_svc_keybuzz-api_http", Answer.UNKNOWN),
        ("custom", Answer.UNKNOWN),
        (None, Answer.UNKNOWN),
    ],
)
def test_a_servers_name_is_a_pod_if_its_backend_is_the_service(
    backend: str | None, expected: Answer
) -> None:
    """HAProxy logs `SRV_2`, and only the backend tells whose server that is."""
    run = s.run(s.POD_503)
    lines = tuple(
        replace(line, upstream_name=backend) for line in upstream(run, "SRV_2", 503)
    )
    x = s.taken(run, s.balancer(), *s.reports(pod=s.POD_503, sightings=lines))
    assert answer(CAUSE, x) is expected
    assert judge(x).cause == (
        CAUSE.id if expected is Answer.SUPPORTED else "not-established"
    )


def test_the_controllers_own_default_backend_rules_pods_out() -> None:
    """All pods work; if one does not, its error may have been replaced."""
    run = s.run(s.INGRESS_404_BY_LB)
    lines = tuple(
        replace(line, upstream_name="upstream-default-backend")
        for line in upstream(run, "127.0.0.1:8181", 404)
    )
    x = s.taken(run, s.balancer(), *s.reports(sightings=lines))
    assert ask(CAUSE, x).evidence == (
        (
            "127.0.0.1:8181, the ingress controller's own default backend, wrote the"
            " failing responses, and no pod did; all 10 internal probes of pods"
            " succeeded"
        ),
    )
    bad = s.taken(run, s.balancer(), *s.reports(pod=s.POD_503, sightings=lines))
    assert answer(CAUSE, bad) is Answer.UNKNOWN


def addressed(report: NodeReport, address: str, port: int | None) -> NodeReport:
    """Set the address of the Service's endpoints."""
    assert report.reading
    assert report.reading.endpoints
    first, *rest = report.reading.endpoints
    found = (replace(first, address=address, port=port), *rest)
    return replace(report, reading=replace(report.reading, endpoints=found))


@pytest.mark.parametrize(
    ("address", "port", "logged"),
    [
        ("fd00::7", 8080, "[fd00::7]:8080"),
        ("10.42.0.7", None, "10.42.0.7:8080"),
        ("10.42.0.7", 8080, "10.42.0.7:8080"),
    ],
)
def test_an_endpoint_is_matched_by_its_address(
    address: str, port: int | None, logged: str
) -> None:
    """As nginx writes it: IPv6 in brackets; a headless port is left out."""
    run = s.run(s.POD_503)
    reports = s.reports(sightings=upstream(run, logged, 503))
    x = s.taken(run, s.balancer(), *[addressed(r, address, port) for r in reports])
    assert judge(x).cause == "pod-answers-error"


SORRY = "<html><h1>We are sorry</h1></html>"


def saying(probe: Probe, body: str) -> Probe:
    """Turn a failing response into a page without marks of its writer."""
    if probe.healthy or probe.role is Role.UNKNOWN_HOST:
        return probe
    return replace(
        probe, status_code=503, reason=None, headers=(("X", "y"),), body=body
    )


def sorry(*, users: str, pods: str, ingress: str = s.POD_503) -> Snapshot:
    """Return pods and users who get 503 with a page nobody recognizes."""
    run = s.run(s.POD_503)
    run = replace(run, probes=tuple(saying(p, users) for p in run.probes))
    reports = [
        replace(r, probes=tuple(saying(p, pods) for p in r.probes))
        for r in s.reports(pod=s.POD_503, ingress=ingress)
    ]
    return s.taken(run, s.balancer(), *reports)


def test_an_unmarked_page_is_the_pods_only_if_identical() -> None:
    """The same status alone proves nothing."""
    same = sorry(users=SORRY, pods=SORRY)
    assert judge(same).cause == "pod-answers-error"
    assert judge(sorry(users=SORRY, pods="maintenance")).cause == NOT_ESTABLISHED
    assert judge(sorry(users="", pods="")).cause == NOT_ESTABLISHED


@pytest.mark.parametrize(
    ("users", "pods"),
    [
        (
            '{"ok": false, "at": "2026-11-23T12:00:01.25Z", "id": "8b9ba4724f1430c"}',
            '{"ok": false, "at": "2026-11-23T12:00:09.50Z", "id": "f1d5a01f30c4b72"}',
        ),
        (
            "<p>Sorry, code 3f199263-f5d1-4d2d-81d6-21b67312f0f9</p>",
            "<p>Sorry, code 8b9ba472-f143-4d2d-90aa-c568cf7c52f3</p>",
        ),
    ],
    ids=["time and id", "UUID"],
)
def test_times_and_ids_may_differ_in_the_same_page(users: str, pods: str) -> None:
    """JSON of an unknown form is a pod's if the pods respond with the same form."""
    assert judge(sorry(users=users, pods=pods)).cause == "pod-answers-error"
    assert judge(sorry(users=users, pods=SORRY)).cause == NOT_ESTABLISHED


def test_a_successful_internal_probe_of_the_ingress_leaves_it_open() -> None:
    """A pod probed by address may not have the host; users always fail."""
    assert judge(sorry(users=SORRY, pods=SORRY, ingress=s.OK)).cause == NOT_ESTABLISHED
    x = s.taken(s.run(s.POD_503), s.balancer(), *s.reports(pod=s.POD_503))
    assert judge(x).cause == NOT_ESTABLISHED
    inside = s.reports(pod=s.POD_503, ingress=s.POD_503)
    x = s.taken(s.run(s.POD_503), s.balancer(), *inside)
    assert judge(x).cause == "pod-answers-error"


def without_reading(snapshot: Snapshot) -> Snapshot:
    """Remove the reading of the Kubernetes API."""
    reports = tuple(replace(r, reading=None) for r in snapshot.reports)
    return replace(snapshot, reports=reports)


def test_endpoints_that_were_not_read_leave_it_open() -> None:
    """The owner of the upstream's address cannot be determined."""
    run = s.run(s.POD_503)
    x = s.taken(run, s.balancer(), *s.reports(sightings=s.seen(run, 503)))
    assert answer(CAUSE, x) is Answer.SUPPORTED
    assert answer(CAUSE, without_reading(x)) is Answer.UNKNOWN


def test_without_any_connection_only_probes_of_pods_decide() -> None:
    """Pods that respond with errors inside may be hidden by refused requests."""
    x = replace(s.pod_error(), run=s.run(s.REFUSED), sightings=())
    assert answer(CAUSE, x) is Answer.UNKNOWN
    good = replace(s.no_healthy_target(), run=s.run(s.REFUSED))
    assert answer(CAUSE, good) is Answer.REFUTED


def test_a_pods_error_to_others_is_not_what_users_get() -> None:
    """The CDN turns users away; only a direct request got as far as a pod."""
    x = s.pod_error()
    assert x.run
    users = {p.request_id for p in x.run.by_role(*AS_A_USER)}
    rejected = replace(
        x.run,
        probes=tuple(
            replace(p, status_code=403, headers=(), body="denied")
            if p.request_id in users
            else p
            for p in x.run.probes
        ),
    )
    lines = tuple(line for line in x.sightings if line.request_id not in users)
    x = replace(x, run=rejected, sightings=lines)
    assert ask(CAUSE, x).answer is Answer.UNKNOWN


def test_a_status_that_the_owner_expects_is_no_error_of_a_pod() -> None:
    """The pod's redirect is the right response; its body is lost on the way."""
    x = n.cut_bodies()
    assert x.run
    target = replace(x.target, healthy=replace(x.target.healthy, status_codes=(302,)))
    probes = tuple(replace(p, status_code=302) for p in x.run.probes)
    lines = s.seen(replace(x.run, probes=probes), 302, status=302, length=40000)
    x = replace(
        x,
        target=target,
        run=replace(x.run, probes=probes),
        sightings=lines,
        reports=n.changed(x, lambda p: replace(p, status_code=302)).reports,
    )
    assert answer(CAUSE, x) is Answer.REFUTED
    assert judge(x).cause == "large-responses-lost"


def test_the_step_reads_the_log_of_the_pod_that_responded() -> None:
    """By the address in the ingress log; without it, of a pod that failed a probe."""
    x = s.FAULTS[CAUSE.id]()
    lines = tuple(
        replace(line, upstream_address="10.0.0.112:8080") for line in x.sightings
    )
    log, events = judge(replace(x, sightings=lines)).next_steps
    assert log.command == "kubectl -n keybuzz logs keybuzz-api-3 --since=15m"
    assert events.text.startswith("Check the newest events for a change")
    (log, _) = judge(replace(x, sightings=())).next_steps
    assert log.command == "kubectl -n keybuzz logs keybuzz-api-1 --since=15m"
