"""Specification of the cause `large-responses-lost`."""

from dataclasses import replace

import pytest

from parallax.causes.large_responses_lost import CAUSE
from parallax.causes.overlay_between_nodes_broken import CAUSE as OVERLAY
from parallax.causes.pod_answers_error import CAUSE as POD_ANSWERS
from parallax.diagnose.judge import ask, judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Hop
from parallax.model.probe import ErrorType, Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import nodes as n
from tests.parallax import scenarios as s
from tests.parallax.assessed import answer


def early(one: Probe) -> Probe:
    """Return an internal probe whose body ends early."""
    timeout = ErrorType.TIMEOUT
    return replace(one, healthy=False, error_type=timeout, error_phase="transfer")


def logged(x: Snapshot) -> Snapshot:
    """Return the snapshot with a log in which every request was a success."""
    assert x.run
    lines = tuple(
        replace(line, request_id=one.request_id)
        for line, one in zip(
            [*s.seen(s.run(s.POD_503), 200, status=200)] * 2, x.run.probes, strict=False
        )
    )
    return replace(x, sightings=lines)


@pytest.mark.parametrize("error", [ErrorType.TIMEOUT, ErrorType.BODY_INCOMPLETE])
def test_a_body_that_ends_early_only_outside_is_named(error: ErrorType) -> None:
    """The status is right; direct requests end early too; inside all is complete."""
    judgement = judge(n.cut_bodies(error))
    assert (judgement.cause, judgement.hop) == (CAUSE.id, Hop.NODE)
    how = str(error).replace("_", " ")
    assert ask(CAUSE, n.cut_bodies(error)).evidence == (
        (
            "11 of 11 failing responses have the right status (200) and end early:"
            f" {how} after 1184 bytes of the body"
        ),
        "1 of 1 responses to direct requests end early too",
        "10 of 10 internal probes of the ingress get the complete response",
    )
    assert (
        f"200, then {how} during the response (11 of 11)" in judgement.symptom.summary
    )
    commands = [step.command or "" for step in judgement.next_steps]
    assert commands[1] == "ping -M do -c 3 -s 1422 10.0.0.110"
    assert "set-mss" in commands[3]


def test_a_success_in_the_log_is_no_error_of_the_pod() -> None:
    """The pod did its part; the rest was lost behind it."""
    x = logged(n.cut_bodies())
    assert answer(POD_ANSWERS, x) is Answer.REFUTED
    assert judge(x).cause == CAUSE.id


def test_a_complete_success_that_the_rule_rejects_is_no_error_either() -> None:
    """Its text or its status is not the expected one; that is not decided."""
    x = logged(n.cut_bodies())
    assert x.run
    whole = tuple(
        replace(p, error_type=None, error_phase=None)
        if p.role is not Role.UNKNOWN_HOST
        else p
        for p in x.run.probes
    )
    found = replace(x, run=replace(x.run, probes=whole))
    assert answer(POD_ANSWERS, found) is Answer.UNKNOWN
    assert judge(found).cause == NOT_ESTABLISHED
    assert answer(CAUSE, found) is Answer.REFUTED


def test_bodies_that_end_early_inside_too_are_another_fault() -> None:
    """The app or the ingress cuts them off."""
    for role in (Role.INGRESS, Role.POD):
        x = n.changed(
            n.cut_bodies(), lambda p, role=role: early(p) if p.role is role else p
        )
        assert answer(CAUSE, x) is Answer.UNKNOWN


def test_without_the_inside_or_past_a_cdn_it_is_undetermined() -> None:
    """No agent reports; or direct requests are complete, or were not sent."""
    x = n.cut_bodies()
    assert x.run
    assert answer(CAUSE, replace(x, reports=())) is Answer.UNKNOWN
    well = tuple(
        s.probe(p.role, p.started_at, s.OK) if p.role is Role.DIRECT else p
        for p in x.run.probes
    )
    past = replace(x, run=replace(x.run, probes=well))
    assert answer(CAUSE, past) is Answer.UNKNOWN
    none = tuple(p for p in x.run.probes if p.role is not Role.DIRECT)
    unsent = replace(x, run=replace(x.run, probes=none))
    assert answer(CAUSE, unsent) is Answer.SUPPORTED
    assert answer(CAUSE, replace(unsent, target=e.CDN)) is Answer.UNKNOWN


def test_only_stalls_are_it_if_some_responses_are_complete() -> None:
    """An app that crashes during a response closes some connections, too."""
    assert answer(CAUSE, n.cut_bodies(of=4)) is Answer.SUPPORTED
    closed = n.cut_bodies(ErrorType.BODY_INCOMPLETE, of=4)
    assert answer(CAUSE, closed) is Answer.UNKNOWN


def test_a_logged_success_that_never_arrives_is_named() -> None:
    """The ingress sent the response at once, and users or the balancer got none."""
    assert judge(n.never_arrived()).cause == CAUSE.id
    assert ask(CAUSE, n.never_arrived()).evidence[0] == (
        "ingress log: it responded 200 to 11 of 11 failing requests within 0.0 s, but"
        " users got no response"
    )
    assert answer(CAUSE, n.never_arrived(logged=9.0)) is Answer.UNKNOWN


def test_responses_that_get_lost_between_nodes_are_it_too() -> None:
    """Connections succeed, so the overlay is not down; only own nodes get the page."""
    x = n.lost_between_nodes()
    assert judge(x).cause == CAUSE.id
    assert answer(OVERLAY, x) is Answer.REFUTED
    slow = n.changed(
        x,
        lambda p: (
            early(replace(p, status_code=None))
            if p.role is Role.POD and p.node == p.peer_node
            else p
        ),
    )
    assert answer(CAUSE, slow) is Answer.UNKNOWN


def test_complete_error_responses_rule_it_out() -> None:
    """A page of the load balancer arrived completely."""
    assert answer(CAUSE, s.wrong_port()) is Answer.REFUTED
