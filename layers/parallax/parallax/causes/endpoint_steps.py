"""Endpoint steps: how to find why a Service has no endpoint that serves.

In: the Service, what runs its pods, and the pods. Out: next steps, each with a command.
It does not: judge. Two causes share it: the app's Service and the ingress's own.
"""

from collections.abc import Sequence
from shlex import quote

from parallax.evidence.words import of
from parallax.model.cluster import Pod, Workload
from parallax.model.judgement import NextStep


def endpoint_steps(
    service: str,
    workloads: Sequence[Workload] | None,
    pods: Sequence[Pod] | None,
    *,
    pod_problem: str,
    selected: str,
) -> tuple[NextStep, ...]:
    """Return the steps for a Service, written `namespace/name`.

    `pod_problem` states what is wrong with its first pod; `selected` names what its
    selector should match.
    """
    namespace, _, name = service.partition("/")
    kubectl = f"kubectl -n {quote(namespace)}"
    waiting = [
        NextStep(
            text=_waiting(work),
            command=f"{kubectl} describe {work.kind.lower()} {quote(work.name)}",
        )
        for work in workloads or ()
    ]
    first = [
        NextStep(
            text=f"Pod {pod.name} {pod_problem}"
            f" (state {pod.waiting_reason or pod.phase}). Find why.",
            command=f"{kubectl} describe pod {quote(pod.name)}",
        )
        for pod in (pods or ())[:1]
    ]
    selector = NextStep(
        text="If pods are ready and the Service still has no endpoints, compare the"
        f" Service's selector with {selected}.",
        command=f"{kubectl} get service {quote(name)} -o wide"
        f" && {kubectl} get pods -o wide --show-labels",
    )
    return (*waiting, *first, selector)


def _waiting(work: Workload) -> str:
    """Return what to check at a workload: why it has no pods, or what they lack."""
    name = f"{work.kind} {work.name}"
    if work.desired:
        ready = of(work.ready, work.desired)
        return f"Check what {name} waits for ({ready} ready)."
    where = "node selector, taints" if work.kind == "DaemonSet" else "replicas"
    return f"Check why {name} has 0 desired pods ({where})."
