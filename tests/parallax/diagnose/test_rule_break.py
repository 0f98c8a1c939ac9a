"""A complete response that breaks the target's rule blames no hop that carries it."""

from dataclasses import replace

import pytest

from parallax.causes import CAUSES
from parallax.diagnose.judge import judge
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Difference, Hop, View
from parallax.model.probe import Probe, Role, Unmet
from parallax.model.target import Login, LoginKind, Method
from tests.parallax.broken_rule import (
    CONTENT,
    SLOW,
    broken,
    everywhere,
    for_users,
    inside_only,
    judged_by_rule,
)
from tests.parallax.scenarios import (
    FAULTS,
    LB_503,
    POD_503,
    balancer,
    healthy,
    reports,
    run,
    taken,
)

UP = taken(run(""), balancer(), *reports())
LOGIN = Login(kind=LoginKind.BEARER, secret="shop-login")
DNS = {cause.id for cause in CAUSES if cause.hop is Hop.DNS}


@pytest.mark.parametrize("unmet", [CONTENT, SLOW], ids=["content", "slow"])
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_no_fault_on_the_way_is_blamed_for_a_complete_response(
    name: str, unmet: Unmet
) -> None:
    """Whatever else is wrong: users get a 200, so it is also true at most."""
    found = judge(for_users(FAULTS[name](), unmet)).cause
    allowed = DNS | {"cache-replays-error"} if unmet is CONTENT else set()
    assert found in {NOT_ESTABLISHED, "pod-answers-error", *allowed}
    if found == "pod-answers-error":
        assert unmet is CONTENT


def test_the_app_is_at_fault_if_its_pods_break_the_same_rule() -> None:
    """Inside and outside lack the same text; the evidence names it."""
    found = judge(everywhere(UP, CONTENT))
    assert found.cause == "pod-answers-error"
    assert found.symptom.difference is Difference.BOTH
    (assessment,) = [a for a in found.assessments if a.cause == found.cause]
    assert assessment.evidence[0] == (
        "all 10 internal probes of pods got 200, and the body lacks 'ok'"
    )


def test_pods_that_are_slow_from_their_own_node_are_too_slow() -> None:
    """The limit is exceeded without a network in between."""
    found = judge(everywhere(UP, SLOW))
    assert found.cause == "pod-too-slow"
    (assessment,) = [a for a in found.assessments if a.cause == found.cause]
    assert assessment.evidence == (
        "all 5 internal probes of pods got 200, and slower than 2 s",
        "users get 200 after up to 3.2 s: slower than 2 s",
    )


def test_one_pod_of_five_explains_some_wrong_responses() -> None:
    """Users meet it now and then; where all requests fail it would not be enough."""
    pod = "keybuzz-api-1"
    snapshot = everywhere(UP, CONTENT)
    whole = judged_by_rule(UP)
    by_id = {p.request_id: p for r in whole.reports for p in r.probes}

    def only_one(probe: Probe) -> Probe:
        """Return the broken response of one pod, and the good ones of the others."""
        return probe if probe.pod == pod else by_id[probe.request_id]

    one = inside_only(snapshot, only_one)
    assert judge(one).cause == NOT_ESTABLISHED
    assert one.run is not None
    assert whole.run is not None
    mixed = (*one.run.probes[:3], *whole.run.probes[3:])
    some = replace(one, run=replace(one.run, probes=mixed))
    assert judge(some).cause == "pod-answers-error"


@pytest.mark.parametrize(
    ("unmet", "text"), [(CONTENT, "the body lacks 'ok'"), (SLOW, "slower than 2 s")]
)
def test_what_is_wrong_is_the_symptom_and_the_lead(unmet: Unmet, text: str) -> None:
    """The status alone would look like a success."""
    found = judge(for_users(UP, unmet))
    assert found.symptom.unmet == text
    assert f"200 ({text})" in found.symptom.summary
    assert found.symptom.external is View.FAILING
    assert found.lead is not None
    assert f"the response (200) is complete, but {text}" in found.lead.observation
    assert "internal probes of the ingress: 200 (10 of 10)" in found.lead.observation
    assert found.next_steps[0].command is not None


def test_an_agent_s_text_of_any_length_stays_short() -> None:
    """Whoever has the agents' key may send any text, a thousand times."""
    many = (replace(CONTENT, text="x" * 10_000),) * 1000

    def long(probe: Probe) -> Probe:
        """Return the broken response with many long texts."""
        return replace(probe, unmet=many)

    found = judge(inside_only(everywhere(UP, CONTENT), long))
    evidence = [text for a in found.assessments for text in a.evidence]
    assert max(map(len, evidence)) < 2000
    assert len(found.symptom.summary) < 3000


def test_the_next_step_names_what_its_command_lacks() -> None:
    """The probe's own request is not a plain GET; the login itself is not shown."""
    snapshot = for_users(UP, CONTENT)
    target = replace(snapshot.target, method=Method.POST, login=LOGIN)
    step = judge(replace(snapshot, target=target)).next_steps[0]
    assert step.text.endswith("Add what the probe sends: method POST, login.")


def test_agents_that_judge_by_another_rule_prove_nothing() -> None:
    """An agent with an older file calls each 200 healthy; that does not differ."""

    def without_rule(probe: Probe) -> Probe:
        """Return what an earlier agent reports."""
        return replace(probe, rule=None)

    found = judge(inside_only(for_users(UP, CONTENT), without_rule))
    assert found.cause == NOT_ESTABLISHED
    assert found.symptom.difference is Difference.EXTERNAL_UNCONFIRMED
    assert "update them and their targets file" in found.symptom.summary


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_rule_changes_no_judgement_of_another_failure(name: str) -> None:
    """Agents with and without the rule see the same connection, and the same error."""
    snapshot = FAULTS[name]()
    assert judge(judged_by_rule(snapshot)).cause == judge(snapshot).cause


@pytest.mark.parametrize("unmet", [CONTENT, SLOW], ids=["content", "slow"])
@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_broken_rule_inside_names_no_other_cause(name: str, unmet: Unmet) -> None:
    """Users fail in another way; a wrong or slow page of the app explains nothing."""

    def also(probe: Probe) -> Probe:
        """Return a broken response where the app responds well."""
        return broken(probe, unmet) if probe.healthy else probe

    snapshot = judged_by_rule(FAULTS[name]())
    found = judge(inside_only(snapshot, also)).cause
    assert found in {NOT_ESTABLISHED, judge(snapshot).cause}


def _rejects(probe: Probe) -> Probe:
    """Return a probe of an app that gets no login: 401, healthy for its agent."""
    if not probe.healthy:
        return replace(probe, without_login=True)
    return replace(probe, status_code=401, reason=None, without_login=True)


@pytest.mark.parametrize("page", [POD_503, "ingress-nginx/504_pod_timeout_1_endpoint"])
def test_a_401_inside_does_not_clear_an_app_with_a_login(page: str) -> None:
    """Only requests with a login fail, perhaps: the agents cannot know."""
    snapshot = taken(run(page), balancer(), *reports())
    target = replace(snapshot.target, login=LOGIN)
    found = judge(inside_only(replace(snapshot, target=target), _rejects))
    assert found.cause == NOT_ESTABLISHED
    assert "agents send no login" in found.symptom.summary
    assert found.symptom.difference is Difference.EXTERNAL_UNCONFIRMED
    for a in found.assessments:
        if a.cause in {"pod-answers-error", "pod-too-slow"}:
            assert a.answer is Answer.UNKNOWN


def test_a_401_inside_shows_that_the_app_responds_where_users_reach_no_app() -> None:
    """The load balancer has no target: a login is not read there."""
    snapshot = taken(run(LB_503, unknown_host=LB_503), balancer(asks=30081, healthy=0))
    snapshot = replace(snapshot, reports=healthy().reports)
    target = replace(snapshot.target, login=LOGIN)
    found = judge(inside_only(replace(snapshot, target=target), _rejects))
    assert found.cause == "lb-health-check-wrong-port"
    assert found.symptom.difference is Difference.EXTERNAL_ONLY


def test_a_login_that_the_app_rejects_blames_no_hop() -> None:
    """Users get 401 with the login, agents get 401 without: both prove little."""
    snapshot = taken(run(""), balancer(), *reports())
    assert snapshot.run is not None

    def rejected(probe: Probe) -> Probe:
        """Return the response to a login that is not accepted."""
        if probe.role is Role.UNKNOWN_HOST:
            return probe
        return replace(probe, status_code=401, healthy=False)

    outside = replace(snapshot.run, probes=tuple(map(rejected, snapshot.run.probes)))
    target = replace(snapshot.target, login=LOGIN)
    found = judge(inside_only(replace(snapshot, run=outside, target=target), _rejects))
    assert found.cause == NOT_ESTABLISHED
