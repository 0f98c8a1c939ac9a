"""Specification of `lb-timeout-too-short`."""

from dataclasses import replace

import pytest

from parallax.causes.lb_timeout_too_short import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer

LOGGED = (
    "the ingress log contains 11 of these 11 requests: the load balancer closed 11 of"
    " them early (499)"
)


def given_up(*, status: int = 499, inside: float = 4.0, page: str = s.OK) -> Snapshot:
    """Return requests on which the balancer timed out, as the ingress logged them."""
    run = s.run(e.LB_504, after=2.0)
    lines = s.seen(run, None, status=status)
    return s.taken(
        run, s.balancer(), *e.takes(inside, s.reports(ingress=page, sightings=lines))
    )


def test_without_a_504_only_a_request_or_a_fast_ingress_rules_it_out() -> None:
    """Otherwise the fault before it hides how long a response takes."""
    fast = ask(CAUSE, s.no_healthy_target())
    assert fast.evidence == (
        "all 10 internal probes of the ingress got a response within 1 s",
    )
    slow = replace(s.no_healthy_target(), reports=e.takes(4.0, s.reports()))
    assert ask(CAUSE, slow).hidden_by == "no external request passed the load balancer"
    passed = ask(CAUSE, s.pod_error())
    assert passed.evidence == ("the load balancer itself wrote no 504",)


def test_the_evidence_has_both_times_and_the_timeout_is_raised() -> None:
    """The evidence has both times; the command has the balancer's id."""
    x = e.impatient()
    assert ask(CAUSE, x).evidence == (
        "the load balancer sent 504 to 11 of 11 requests after 2.0 s",
        LOGGED,
        "an internal probe of the same URL succeeds after 4.0 s",
    )
    raised, _ = judge(x).next_steps
    assert "/load_balancers/881001/actions/update_service" in (raised.command or "")
    assert '"timeout_idle":300' in (raised.command or "")


def test_a_response_that_came_too_late_counts_as_success() -> None:
    """An nginx may finish the request: then it logs 200."""
    assert answer(CAUSE, given_up(status=200)) is Answer.SUPPORTED


def test_a_tcp_balancer_has_no_such_timer() -> None:
    """Another HAProxy in the cluster wrote the page."""
    x = given_up()
    assert x.balancer
    tcp = e.with_services(x.balancer, protocol="tcp")
    assert answer(CAUSE, replace(x, balancer=tcp)) is Answer.REFUTED


@pytest.mark.parametrize("page", [s.INGRESS_504_BY_LB, s.LB_503, s.POD_503])
def test_other_answers_refute_it(page: str) -> None:
    """A 504 of the ingress, or a 503: the balancer did not time out."""
    x = replace(given_up(), run=s.run(page, after=2.0))
    assert answer(CAUSE, x) is Answer.REFUTED


def test_requests_that_never_arrived_are_no_slow_answers() -> None:
    """Without a line, or with an error line, the time proves nothing."""
    x = given_up()
    assert answer(CAUSE, replace(x, sightings=())) is Answer.UNKNOWN
    assert judge(replace(x, sightings=())).cause == NOT_ESTABLISHED
    assert answer(CAUSE, given_up(status=504)) is Answer.UNKNOWN


def test_internal_probes_must_succeed_slowly() -> None:
    """A fast internal response contradicts; an internal error is the pods'."""
    assert answer(CAUSE, given_up(inside=0.02)) is Answer.UNKNOWN
    assert answer(CAUSE, given_up(page=s.INGRESS_504)) is Answer.UNKNOWN
    assert answer(CAUSE, given_up(page=s.HANGS)) is Answer.UNKNOWN


def test_without_agents_the_response_time_is_missing() -> None:
    """A sighting alone is not enough."""
    x = given_up()
    dumb = tuple(replace(r, probes=()) for r in x.reports)
    assert answer(CAUSE, replace(x, reports=dumb)) is Answer.UNKNOWN


def test_a_504_of_a_cdns_is_not_the_balancers() -> None:
    """A page of another writer with the same number."""
    run = s.run("nginx/504_upstream_timeout", after=2.0)
    assert answer(CAUSE, replace(given_up(), run=run)) is Answer.REFUTED


def test_a_nodeport_that_policy_local_drops_is_no_failure() -> None:
    """Nodes without an ingress pod correctly do not respond to other nodes."""
    assert (
        answer(CAUSE, e.with_nodeports_closed(e.impatient(), *s.NODES[:2]))
        is Answer.SUPPORTED
    )


def test_the_configured_timeout_is_named_and_an_earlier_end() -> None:
    """A timeout of 30 s does not explain a 504 after 2 s, so both are stated."""
    x = given_up()
    assert x.balancer
    early = " (Hetzner reports 30 s, but requests end after 2.0 s)"
    cases = ((1, " (now 1 s)"), (30, early), (None, " (now the default)"))
    for configured, text in cases:
        found = e.with_services(x.balancer, timeout_idle=configured)
        wanted = 300 if configured is None else 2 * configured
        raised, _ = judge(replace(x, balancer=found)).next_steps
        assert raised.text == (
            f"Set the timeout of port 443 to {wanted} s{text}."
            " The command reads an API token with write access from the environment"
            " variable HCLOUD_TOKEN."
        )


def test_without_any_connection_it_is_ruled_out() -> None:
    """Nothing accepted a request, so nothing timed out on one."""
    x = replace(given_up(), run=s.run(s.REFUSED))
    assert answer(CAUSE, x) is Answer.REFUTED


def unlogged(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot of an ingress whose log no agent reads, as Cilium's."""
    reports = tuple(replace(r, log_read_at=None) for r in snapshot.reports)
    return replace(snapshot, reports=reports, sightings=())


def test_without_a_log_no_internal_probe_may_be_faster() -> None:
    """Then the load balancer gives up on each request, and all users get its 504."""
    x = ask(CAUSE, unlogged(given_up()))
    assert x.answer is Answer.SUPPORTED
    assert x.evidence[1] == (
        "10 of 10 internal probes of port 31695 succeed, none of them before 4.0 s"
    )
    assert answer(CAUSE, unlogged(given_up(inside=1.5))) is Answer.UNKNOWN
    broken = unlogged(given_up(page=s.INGRESS_503))
    assert answer(CAUSE, broken) is Answer.UNKNOWN
    some = s.run([e.LB_504] * 10 + [s.OK], after=2.0)
    assert answer(CAUSE, replace(unlogged(given_up()), run=some)) is Answer.UNKNOWN
