"""Specification of the cases and their labels: `bench.accuracy.cases`."""

from collections import Counter

from bench.accuracy import gates
from bench.accuracy.cases import PAIRS_IN_A_ROUND, SINGLES, Case, case_of, cases
from faults import TABLE
from parallax.model.balancer import BalancerReading, HealthStatus
from parallax.model.cluster import NodeReport
from parallax.model.judgement import NOT_ESTABLISHED
from parallax.model.probe import ProbeRun, Role

ROUND = list(cases(gates.WORKING_SEED, len(SINGLES) + PAIRS_IN_A_ROUND))


def investigation(case: Case) -> ProbeRun:
    """Return the judged run."""
    runs = [o for o in case.observed.observations if isinstance(o, ProbeRun)]
    return max(runs, key=lambda run: run.started_at)


def test_a_case_is_the_same_whenever_it_is_drawn() -> None:
    """A case follows from its id alone, so that it can be shown again."""
    assert case_of(ROUND[2].id) == ROUND[2]


def test_a_new_fault_changes_no_other_case() -> None:
    """The id names what is injected; the number counts that alone."""
    assert ROUND[0].id == f"{gates.WORKING_SEED}-{SINGLES[0]}-0"
    assert ROUND[-1].id == f"{gates.WORKING_SEED}-pair-{PAIRS_IN_A_ROUND - 1}"
    second = list(cases(gates.WORKING_SEED, len(ROUND) + 1))[-1]
    assert second.id == f"{gates.WORKING_SEED}-{SINGLES[0]}-1"


def test_every_injection_is_named_after_the_cause_of_its_row() -> None:
    """A variant's name begins with its cause, so that a report groups them."""
    for row in TABLE:
        for injection in row.bench:
            assert f"{injection.name}-".startswith(f"{row.cause}-")


def test_a_round_holds_every_fault_every_look_alike_and_pairs() -> None:
    """The faults alternate, so that any slice has all of them."""
    drawn = Counter("pair" if "+" in case.fault else case.fault for case in ROUND)
    assert set(drawn) == {*SINGLES, "pair"}
    assert drawn["pair"] == PAIRS_IN_A_ROUND


def test_users_fail_where_something_is_broken_and_not_where_it_is_not() -> None:
    """The label of a fault is about the first probe of the judged run."""
    for case in ROUND:
        well = case.label.cause == "none"
        assert investigation(case).first.healthy is well, case.id


def test_what_is_kept_back_is_not_there_and_may_be_abstained_from() -> None:
    """Without reports of agents the label accepts an abstention."""
    many = cases(gates.WORKING_SEED, 200)
    silent = [case for case in many if case.hidden == "agents-silent"]
    assert silent
    for case in silent:
        seen = case.observed.observations
        assert not any(isinstance(o, NodeReport) for o in seen)
        assert NOT_ESTABLISHED in case.label.accept
        assert case.label.evidence == "partial"


def drawn(fault: str, rounds: int) -> list[Case]:
    """Return a fault's working cases of so many rounds."""
    return [case_of(f"{gates.WORKING_SEED}-{fault}-{n}") for n in range(rounds)]


def test_a_check_that_may_ask_a_pods_host_port_is_partial_without_a_word() -> None:
    """Only Hetzner's detail shows that a wrong port is outside the NodePorts."""
    found = drawn("lb-health-check-wrong-port", 40)
    untold = [c for c in found if "no word why" in c.label.reason]
    assert untold
    assert all(NOT_ESTABLISHED in c.label.accept for c in untold)
    assert {c.label.evidence for c in untold} == {"partial"}


def test_a_share_that_a_cdn_hides_is_partial() -> None:
    """Its page replaces the balancer's, and no request past it failed."""
    found = drawn("lb-some-targets-unhealthy", 110)
    hidden = [c for c in found if "the CDN hides" in c.label.reason]
    assert hidden
    for case in hidden:
        assert case.observed.target.reached.cdn
        assert all(p.healthy for p in investigation(case).by_role(Role.DIRECT))
        assert NOT_ESTABLISHED in case.label.accept


def test_a_balancer_that_has_not_noticed_shows_all_unhealthy() -> None:
    """Its health states are old; the agents' probes succeed."""
    for case in drawn("not-noticed-yet", 5):
        seen = case.observed.observations
        readings = [o for o in seen if isinstance(o, BalancerReading)]
        assert readings[-1].load_balancer
        targets = readings[-1].load_balancer.leaves()
        states = {h.status for t in targets for h in t.health_status}
        assert states == {HealthStatus.UNHEALTHY}
        inside = [p for o in seen if isinstance(o, NodeReport) for p in o.probes]
        assert inside
        assert all(p.healthy for p in inside if p.role is Role.INGRESS)


def test_an_investigation_cut_short_asks_less_often() -> None:
    """Its time ran out: few repeats, and the label accepts an abstention."""
    many = cases(gates.WORKING_SEED, 200)
    cut = [case for case in many if case.hidden == "few-repeats"]
    assert cut
    for case in cut:
        assert len(investigation(case).by_role(Role.REPEAT)) < 4
        assert NOT_ESTABLISHED in case.label.accept
