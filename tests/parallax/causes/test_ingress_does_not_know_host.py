"""Specification of the cause `ingress-does-not-know-host`."""

from dataclasses import replace

import pytest

from parallax.causes.ingress_does_not_know_host import CAUSE
from parallax.causes.undo import after_saving
from parallax.diagnose.judge import ask, judge
from parallax.evidence import users
from parallax.evidence.answers import AT_THE_INGRESS
from parallax.evidence.scene import Scene
from parallax.model.cluster import NodeReport
from parallax.model.judgement import Answer
from parallax.model.probe import Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def without_log(snapshot: Snapshot) -> Snapshot:
    """Remove the ingress log."""
    return replace(snapshot, sightings=())


def without_probes(snapshot: Snapshot) -> Snapshot:
    """Remove the internal probes."""
    bare = tuple(replace(r, probes=()) for r in snapshot.reports)
    return replace(snapshot, reports=bare)


def test_a_typing_error_in_the_host_is_named_with_the_closest() -> None:
    """The default backend responds 404; no rule has the host."""
    judgement = judge(s.unknown_host())
    assessment = ask(CAUSE, s.unknown_host())
    assert judgement.cause == CAUSE.id
    assert "the most similar is platfrom-api.keybuzz.io" in assessment.evidence[0]
    assert "platform-api.keybuzz.io" in judgement.next_steps[0].text


@pytest.mark.parametrize(
    "rule", ["platform-api.keybuzz.io", "*.keybuzz.io", "PLATFORM-API.keybuzz.io", "*"]
)
def test_a_rule_for_the_host_rules_it_out(rule: str) -> None:
    """By name, by wildcard, in another case, for all hosts."""
    x = s.with_reading(s.unknown_host(), ingress_hosts=(rule,))
    assert answer(CAUSE, x) is Answer.REFUTED


def test_a_wildcard_stands_for_one_label_only() -> None:
    """`*.io` does not match two labels."""
    x = s.with_reading(s.unknown_host(), ingress_hosts=("*.io",))
    assert answer(CAUSE, x) is Answer.SUPPORTED


def test_the_log_or_the_inside_is_enough_and_neither_is_not() -> None:
    """The log or internal probes must confirm the page."""
    x = s.unknown_host()
    assert answer(CAUSE, without_log(x)) is Answer.SUPPORTED
    assert answer(CAUSE, without_probes(x)) is Answer.SUPPORTED
    assert answer(CAUSE, without_probes(without_log(x))) is Answer.UNKNOWN


def test_hosts_that_were_not_read_or_not_all_prove_nothing() -> None:
    """None does not mean empty, and a list of 200 may be incomplete."""
    x = s.unknown_host()
    many = tuple(f"h{n}.example" for n in range(200))
    assert answer(CAUSE, s.with_reading(x, ingress_hosts=None)) is Answer.UNKNOWN
    assert answer(CAUSE, s.with_reading(x, ingress_hosts=many)) is Answer.UNKNOWN
    assert (
        answer(CAUSE, s.with_reading(x, partial=("ingress_hosts",))) is Answer.UNKNOWN
    )
    assert answer(CAUSE, replace(x, reports=())) is Answer.UNKNOWN


def test_a_successful_internal_probe_of_the_ingress_contradicts() -> None:
    """Internal probes show a rule for the host."""
    outside = s.run(s.INGRESS_404_BY_LB)
    x = s.taken(outside, s.balancer(), *s.reports())
    assert (
        answer(CAUSE, s.with_reading(x, ingress_hosts=("a.example",))) is Answer.UNKNOWN
    )


def test_a_404_that_counts_as_healthy_is_no_failure() -> None:
    """No cause is named for the response that the target expects."""
    x = s.unknown_host()
    assert x.run
    well = tuple(replace(p, healthy=True) for p in x.run.probes)
    fine = replace(x, run=replace(x.run, probes=well), failing_since=None)
    assert answer(CAUSE, fine) is Answer.UNKNOWN
    assert judge(fine).cause == "none"


def test_the_apps_own_404_is_not_the_ingresss() -> None:
    """A pod of the Service wrote it, by the log."""
    x = s.unknown_host()
    assert x.run
    own = s.seen(x.run, 404, status=404)
    assert answer(CAUSE, replace(x, sightings=own)) is Answer.UNKNOWN
    assert judge(replace(x, sightings=own)).cause == "pod-answers-error"


def test_a_404_for_the_unknown_host_alone_names_no_cause() -> None:
    """That probe is meant to get a 404."""
    x = s.taken(
        s.run(s.LB_503, unknown_host=s.INGRESS_404_BY_LB), s.balancer(), *s.reports()
    )
    result = answer(CAUSE, s.with_reading(x, ingress_hosts=("a.example",)))
    assert result is Answer.UNKNOWN


def test_hosts_from_before_the_failure_are_stale() -> None:
    """They may have changed since."""

    def old(report: NodeReport) -> NodeReport:
        assert report.reading
        early = replace(report.reading, read_at=s.SINCE - s.MINUTE)
        return replace(report, reading=early)

    x = s.unknown_host()
    assert (
        answer(CAUSE, replace(x, reports=tuple(map(old, x.reports)))) is Answer.UNKNOWN
    )


def test_a_health_check_of_this_host_that_gets_404_explains_the_503() -> None:
    """The missing rule made all targets unhealthy, so users get the balancer's page."""
    outside = s.run(s.LB_503, unknown_host=s.LB_503)
    asks = s.checking("http", s.balancer(healthy=0))
    x = s.taken(outside, asks, *s.reports(ingress=s.INGRESS_404_BY_LB))
    x = s.with_reading(x, ingress_hosts=("a.example",))
    assert judge(x).cause == CAUSE.id
    tcp = s.taken(
        outside, s.balancer(healthy=0), *s.reports(ingress=s.INGRESS_404_BY_LB)
    )
    tcp = s.with_reading(tcp, ingress_hosts=("a.example",))
    assert answer(CAUSE, tcp) is Answer.UNKNOWN


def test_without_any_connection_only_a_matching_rule_rules_it_out() -> None:
    """No request arrived that a rule could match; the rules themselves still count."""
    x = replace(s.unknown_host(), run=s.run(s.REFUSED), sightings=())
    assert answer(CAUSE, x) is Answer.UNKNOWN
    known = s.with_reading(x, ingress_hosts=(x.target.host,))
    assert answer(CAUSE, known) is Answer.REFUTED


def test_a_rule_whose_class_does_not_exist_is_served_by_nobody() -> None:
    """The agent reads the rule, and notes that its IngressClass is missing."""
    x = s.with_reading(
        s.unknown_host(),
        ingress_name="keybuzz-api",
        ingress_hosts=("platform-api.keybuzz.io",),
        problems=(
            "IngressClass internal does not exist; its Ingresses may be ignored",
        ),
    )
    assessment = ask(CAUSE, x)
    assert judge(x).cause == CAUSE.id
    assert assessment.evidence[:2] == (
        "an Ingress rule matches platform-api.keybuzz.io",
        "IngressClass internal does not exist, so no controller serves it",
    )
    look, edit = (step.command for step in judge(x).next_steps)
    assert look == (
        "kubectl get ingressclasses && kubectl -n keybuzz get ingress keybuzz-api -o"
        " jsonpath='{.spec.ingressClassName}{\"\\n\"}'"
    )
    assert edit == after_saving(
        "kubectl -n keybuzz", "ingress keybuzz-api", "edit ingress keybuzz-api"
    )


def test_a_missing_class_alone_proves_nothing() -> None:
    """Some controllers serve such Ingresses: without the 404 page it stays open."""
    x = s.with_reading(
        without_probes(without_log(s.unknown_host())),
        ingress_name="keybuzz-api",
        ingress_hosts=("platform-api.keybuzz.io",),
        problems=("IngressClass internal does not exist; it may be ignored",),
    )
    assert answer(CAUSE, x) is Answer.UNKNOWN


PLAIN = "<html><h1>404</h1></html>"


def plain(*, pods: int = 200, page: str = PLAIN) -> Snapshot:
    """Return the snapshot with a 404 page without marks, and what the pods respond."""

    def changed(probe: Probe) -> Probe:
        if probe.role is Role.POD:
            return replace(probe, status_code=pods, headers=(), body=PLAIN)
        if probe.status_code != 404:
            return probe
        body = page if probe.role in AT_THE_INGRESS else PLAIN
        return replace(probe, reason=None, headers=(), body=body)

    x = s.unknown_host()
    assert x.run is not None
    run = replace(x.run, probes=tuple(map(changed, x.run.probes)))
    inside = [replace(r, probes=tuple(map(changed, r.probes))) for r in x.reports]
    return without_log(replace(x, run=run, reports=tuple(inside)))


def test_the_ingress_s_own_page_is_proof_if_no_pod_writes_it() -> None:
    """The same page at the ingress, and pods that respond otherwise."""
    assert answer(CAUSE, plain()) is Answer.SUPPORTED


@pytest.mark.parametrize(
    "x", [plain(pods=404), plain(page="<html>another</html>")], ids=["pods", "page"]
)
def test_a_page_that_a_pod_may_write_is_no_proof(x: Snapshot) -> None:
    """The pods respond 404 too, or users get another page than the ingress gives."""
    assert answer(CAUSE, x) is not Answer.SUPPORTED


def test_the_log_of_exactly_half_the_requests_is_not_most() -> None:
    """The other half may fail elsewhere."""
    x = plain(page="<html>another</html>")
    failed = users.failed(Scene.of(x))
    count = len(failed) // 2
    assert x.run is not None
    left = [p for p in x.run.probes if len(failed) % 2 == 0 or p is not failed[-1]]
    even = replace(x, run=replace(x.run, probes=tuple(left)))
    wanted = {p.request_id for p in failed}
    lines = [one for one in s.unknown_host().sightings if one.request_id in wanted]
    half, most = tuple(lines[:count]), tuple(lines[: count + 1])
    assert answer(CAUSE, replace(even, sightings=half)) is Answer.UNKNOWN
    assert answer(CAUSE, replace(even, sightings=most)) is Answer.SUPPORTED
