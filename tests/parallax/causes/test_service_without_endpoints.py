"""Specification of the cause `service-without-endpoints`.

What tells it from `pods-not-ready` is in that cause's specification.
"""

from dataclasses import replace

from parallax.causes.service_without_endpoints import CAUSE
from parallax.diagnose.judge import ask, judge
from parallax.model.cluster import Pod
from parallax.model.judgement import Answer, Hop, HopState
from parallax.model.namespace import Quota
from tests.parallax import scenarios as s


def test_emptiness_is_explained_as_far_as_it_was_read() -> None:
    """No Service; pods without an address; nothing that matches."""
    x = s.without_endpoints()
    pending = Pod(name="keybuzz-api-1", phase="Pending")
    gone = ("no Service keybuzz-api in namespace keybuzz",)
    sentences = [
        ask(CAUSE, y).evidence[1]
        for y in (
            x,
            s.with_reading(x, pods=(pending,)),
            s.with_reading(x, service=None, pods=None, workloads=None, problems=gone),
        )
    ]
    assert sentences == [
        "no pod matches its selector (DaemonSet keybuzz-api: 0 pods desired)",
        "its pods have no address yet: 1 of 1 pods in state Pending, not ready",
        "no Service keybuzz-api in namespace keybuzz",
    ]


def test_the_pods_that_should_be_there_are_counted() -> None:
    """One is a pod, and none or several are pods."""
    x = s.without_endpoints()
    assert x.cluster is not None
    assert x.cluster.workloads
    (work,) = x.cluster.workloads
    for desired, text in ((0, "0 pods"), (1, "1 pod"), (2, "2 pods")):
        y = s.with_reading(x, workloads=(replace(work, desired=desired),))
        shown = f"DaemonSet keybuzz-api: {text} desired"
        assert shown in ask(CAUSE, y).evidence[1]


def test_a_full_quota_says_why_the_service_is_missing() -> None:
    """A quota with room left says nothing about it."""
    few = Quota(name="few", resource="services", used="7", hard="7", full=True)
    x = s.without_endpoints()
    gone = ("no Service keybuzz-api in namespace keybuzz",)
    answers = [
        ask(
            CAUSE,
            s.with_reading(
                x, service=None, pods=None, workloads=None, problems=gone, quotas=quotas
            ),
        )
        for quotas in ((few,), (replace(few, full=False),), None)
    ]
    assert [a.reason for a in answers] == [
        "service-quota-exceeded",
        "service-missing",
        "service-missing",
    ]
    assert answers[0].evidence[2] == (
        "ResourceQuota few (services: 7 of 7 used) admits no more Services, so that it"
        " cannot be created"
    )


def test_the_path_tells_that_there_is_no_pod() -> None:
    """The agents reported, so the pods are missing, not the reports."""
    path = {h.hop: h for h in judge(s.without_endpoints()).path}
    assert path[Hop.POD].seen == "the Service has no pod"
    assert path[Hop.SERVICE].state is HopState.FAULTY
    assert path[Hop.INGRESS].state is HopState.AFFECTED


def test_a_503_for_another_service_leaves_it_open() -> None:
    """The log of ingress-nginx names the Service whose pods it looked for."""
    x = s.without_endpoints()

    def named(name: str) -> Answer:
        lines = tuple(replace(line, upstream_name=name) for line in x.sightings)
        return ask(CAUSE, replace(x, sightings=lines)).answer

    assert named("keybuzz-keybuzz-api-8080") is Answer.SUPPORTED
    assert named("keybuzz-keybuzz-front-80") is Answer.UNKNOWN
    assert named("httproute/keybuzz/web/rule/0") is Answer.SUPPORTED
