"""Endpoint steps: what waits, its first pod, and the selector, in this order."""

import pytest

from parallax.causes.endpoint_steps import endpoint_steps
from parallax.model.cluster import Pod, Workload
from parallax.model.judgement import NextStep

PODS = (
    Pod(name="web-1", phase="Pending", waiting_reason="ImagePullBackOff"),
    Pod(name="web-2"),
)


def work(kind: str, desired: int, ready: int = 0) -> Workload:
    """Return a workload with this number of pods."""
    return Workload(
        kind=kind, name="web", desired=desired, ready=ready, updated=desired
    )


def steps(*workloads: Workload, pods: tuple[Pod, ...] | None = ()) -> list[NextStep]:
    """Return the steps for one Service."""
    found = endpoint_steps(
        "my shop/web",
        workloads,
        pods,
        pod_problem="is not ready",
        selected="its labels",
    )
    return [*found]


def test_each_step_has_its_command_in_the_service_s_namespace() -> None:
    """Names are quoted, so that a shell reads them as one word."""
    assert steps(work("Deployment", 3, 1), pods=PODS) == [
        NextStep(
            text="Check what Deployment web waits for (1 of 3 ready).",
            command="kubectl -n 'my shop' describe deployment web",
        ),
        NextStep(
            text="Pod web-1 is not ready (state ImagePullBackOff). Find why.",
            command="kubectl -n 'my shop' describe pod web-1",
        ),
        NextStep(
            text="If pods are ready and the Service still has no endpoints, compare the"
            " Service's selector with its labels.",
            command="kubectl -n 'my shop' get service web -o wide"
            " && kubectl -n 'my shop' get pods -o wide --show-labels",
        ),
    ]


@pytest.mark.parametrize(
    ("kind", "where"),
    [("DaemonSet", "node selector, taints"), ("Deployment", "replicas")],
)
def test_a_workload_that_wants_no_pods_is_asked_why(kind: str, where: str) -> None:
    """A DaemonSet has no number of replicas."""
    text = f"Check why {kind} web has 0 desired pods ({where})."
    assert steps(work(kind, 0))[0].text == text


def test_a_pod_that_waits_for_nothing_is_shown_with_its_phase() -> None:
    """And what was not read has no step."""
    (first, _) = steps(pods=PODS[1:])
    assert first.text == "Pod web-2 is not ready (state Unknown). Find why."
    assert len(endpoint_steps("a/b", None, None, pod_problem="", selected="")) == 1
