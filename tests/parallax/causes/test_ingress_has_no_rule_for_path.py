"""Specification of the cause `ingress-has-no-rule-for-path`."""

from dataclasses import replace

import pytest

from parallax.causes.ingress_has_no_rule_for_path import CAUSE
from parallax.causes.undo import after_saving
from parallax.diagnose.judge import ask, judge
from parallax.evidence.replicas import DEFAULT_BACKEND, DEFAULT_SERVER
from parallax.model.judgement import Answer
from parallax.model.probe import Role
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def unread_paths(upstream: str | None = DEFAULT_BACKEND) -> Snapshot:
    """Return the scenario as an older agent reads it, and nginx logs it."""
    x = s.with_reading(s.no_path(), ingress_paths=None)
    lines = tuple(
        replace(line, upstream_name=upstream, upstream_address=DEFAULT_SERVER)
        for line in x.sightings
    )
    return replace(x, sightings=lines)


def test_the_paths_that_the_host_has_are_named() -> None:
    """And the one that users request."""
    judgement = judge(s.no_path())
    assert judgement.cause == CAUSE.id
    evidence = ask(CAUSE, s.no_path()).evidence
    assert evidence[0] == (
        "Ingress keybuzz/keybuzz-api has host platform-api.keybuzz.io only for /v2, and"
        " the request is for /"
    )
    commands = [step.command for step in judgement.next_steps]
    assert "pathType" in (commands[0] or "")  # `kubectl describe` does not print it.
    assert commands[1] == after_saving(
        "kubectl -n keybuzz", "ingress keybuzz-api", "edit ingress keybuzz-api"
    )


def test_the_log_of_ingress_nginx_is_enough_without_the_paths() -> None:
    """It has no other kind of rule; the log of another controller leaves it open."""
    assert judge(unread_paths()).cause == CAUSE.id
    assert judge(unread_paths()).next_steps[1].command == after_saving(
        "kubectl -n keybuzz", "ingress NAME", "edit ingress NAME"
    )
    x = s.with_reading(s.no_path(), ingress_paths=None)
    assert x.run
    unmarked = tuple(replace(p, body="404 page not found") for p in x.run.probes)
    other = replace(x, run=replace(x.run, probes=unmarked))
    assert answer(CAUSE, other) is Answer.UNKNOWN


def test_without_a_log_the_page_is_enough_if_no_pod_writes_it() -> None:
    """The ingress's own 404, to internal probes too."""
    x = replace(s.no_path(), sightings=())
    assert answer(CAUSE, x) is Answer.SUPPORTED
    silent = tuple(
        replace(r, probes=tuple(p for p in r.probes if p.role is not Role.POD))
        for r in x.reports
    )
    assert answer(CAUSE, replace(x, reports=silent)) is Answer.UNKNOWN


def test_an_ingress_that_routes_the_path_rules_it_out() -> None:
    """Then a replica has an old configuration, or a pod wrote the 404."""
    x = s.with_reading(s.no_path(), ingress_name="keybuzz-api")
    assert answer(CAUSE, x) is Answer.REFUTED


def test_an_unknown_host_has_no_path_at_all() -> None:
    """Another cause names it; hosts that were read in part leave it open."""
    x = s.unknown_host()
    assert answer(CAUSE, x) is Answer.REFUTED
    part = s.with_reading(x, partial=("ingress_hosts",))
    assert answer(CAUSE, part) is Answer.UNKNOWN


@pytest.mark.parametrize(
    "open_case",
    [
        s.with_reading(s.no_path(), ingress_hosts=None, ingress_name=None),
        s.with_reading(s.no_path(), partial=("ingress_hosts",), ingress_hosts=()),
        s.with_reading(unread_paths(), problems=("Ingress a/b is in another class",)),
        replace(s.no_path(), reports=()),
    ],
    ids=["no-hosts", "some-hosts", "conflict", "silent"],
)
def test_without_any_one_proof_it_stays_open(open_case: Snapshot) -> None:
    """A rule may route it that was not read."""
    assert answer(CAUSE, open_case) is Answer.UNKNOWN


def test_another_status_rules_it_out() -> None:
    """No rule means 404."""
    hosts = (s.TARGET.host,)
    x = s.with_reading(s.rejected(), ingress_hosts=hosts, ingress_name=None)
    assert answer(CAUSE, x) is Answer.REFUTED


def test_inside_probes_that_succeed_leave_it_open() -> None:
    """Only some requests lack a rule: for example a canary's."""
    outside = s.run(s.INGRESS_404_BY_LB)
    inside = s.reports(sightings=s.seen(outside, None, status=404))
    x = s.taken(outside, s.balancer(), *inside)
    paths = s.no_path().reports[0].reading
    assert paths
    x = s.with_reading(
        x, ingress_hosts=paths.ingress_hosts, ingress_paths=paths.ingress_paths
    )
    assert answer(CAUSE, x) is Answer.UNKNOWN
