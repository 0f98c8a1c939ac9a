"""Reason steps: the command that shows more of a reason, or corrects it.

In: a `Why`, and the namespace. Out: next steps. It does not: find the reason.
Several causes share it: the app's pods, and the ingress's own.
"""

from dataclasses import dataclass
from shlex import quote

from parallax.evidence.reasons.why import Why
from parallax.model.judgement import NextStep
from parallax.model.reason import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A step for these reasons; `command` names `%(kubectl)s` and `%(name)s`."""

    reasons: frozenset[Reason]
    text: str
    command: str
    undo: str | None = None


def _step(*reasons: Reason, text: str, command: str, undo: str | None = None) -> _Step:
    return _Step(reasons=frozenset(reasons), text=text, command=command, undo=undo)


_POD = "%(kubectl)s get pod %(name)s -o jsonpath="
_PROBES = {
    Reason.READINESS_PROBE_FAILS: "Readiness",
    Reason.READINESS_PROBE_WRONG_PORT: "Readiness",
    Reason.READINESS_PROBE_WRONG_PROTOCOL: "Readiness",
    Reason.LIVENESS_PROBE_FAILS: "Liveness",
    Reason.LIVENESS_PROBE_WRONG_PORT: "Liveness",
    Reason.LIVENESS_PROBE_WRONG_PROTOCOL: "Liveness",
    Reason.STARTUP_PROBE_FAILS: "Startup",
}
STEPS = (
    _step(
        Reason.INSUFFICIENT_CPU,
        Reason.INSUFFICIENT_MEMORY,
        Reason.INSUFFICIENT_RESOURCES,
        Reason.NO_FREE_HOST_PORT,
        text="Compare what the pod requests with what the nodes have left. Then lower"
        " the requests, or add a node.",
        command=_POD + "'{.spec.containers[*].resources}'"
        " && kubectl describe nodes | grep -A 9 'Allocated resources'",
    ),
    _step(
        Reason.NODE_SELECTOR_MISMATCH,
        Reason.NODE_AFFINITY_MISMATCH,
        Reason.NO_NODE_MATCHES,
        Reason.POD_AFFINITY_CONFLICT,
        text="Compare the labels that the %(kind)s requires of a node with the nodes'"
        " labels.",
        command="%(kubectl)s get %(kind)s %(name)s -o yaml | grep -A 20 -E"
        " 'nodeSelector|[aA]ffinity|topologySpread'; kubectl get nodes --show-labels",
    ),
    _step(
        Reason.UNTOLERATED_TAINT,
        Reason.NODE_CORDONED,
        Reason.NO_NODE,
        Reason.NODE_NOT_READY,
        text="Check which nodes are ready, cordoned or tainted.",
        command="kubectl get nodes && kubectl get nodes -o custom-columns="
        "NAME:.metadata.name,CORDONED:.spec.unschedulable,TAINTS:.spec.taints[*].key",
    ),
    _step(
        Reason.KUBELET_SILENT,
        Reason.CONTAINER_RUNTIME_DOWN,
        text="Read the node's conditions. On the node, check kubelet and the container"
        " runtime: `systemctl status kubelet containerd` (k3s: `k3s`, `k3s-agent`).",
        command="kubectl describe node %(name)s | grep -A 8 Conditions",
    ),
    _step(
        Reason.NOT_SCHEDULED,
        Reason.NO_SCHEDULER,
        text="Read the pod's events. If there is none, check whether the scheduler"
        " runs.",
        command="%(kubectl)s describe pod %(name)s"
        " && kubectl -n kube-system get pods | grep scheduler",
    ),
    _step(
        Reason.VOLUME_UNBOUND,
        Reason.STORAGE_CLASS_MISSING,
        Reason.VOLUME_ON_ANOTHER_NODE,
        Reason.VOLUME_MOUNT_FAILED,
        Reason.VOLUME_ATTACH_FAILED,
        text="Check the namespace's claims: which is not Bound, and why.",
        command="%(kubectl)s get pvc && %(kubectl)s describe pvc",
    ),
    _step(
        Reason.VOLUME_CLAIM_MISSING,
        text="Check which claims the namespace has, and whether a quota rejects the"
        " missing one. Then create it again.",
        command="%(kubectl)s get pvc,resourcequota",
    ),
    _step(
        Reason.VOLUME_TOO_SMALL,
        Reason.VOLUME_ACCESS_MODE_MISMATCH,
        Reason.VOLUME_SELECTOR_MISMATCH,
        Reason.VOLUME_CLASS_MISMATCH,
        Reason.VOLUME_TAKEN,
        text="Compare what claim %(name)s requests with what the volumes have. Then"
        " correct the claim, or add a volume that fits.",
        command="%(kubectl)s get pvc %(name)s -o yaml && kubectl get pv --show-labels",
    ),
    _step(
        Reason.IMAGE_NOT_FOUND,
        Reason.IMAGE_NAME_INVALID,
        Reason.IMAGE_PULL_UNAUTHORIZED,
        Reason.IMAGE_REGISTRY_UNREACHABLE,
        Reason.IMAGE_PULL_FAILED,
        text="Check the names of the pod's images, and its pull secrets.",
        command=_POD + "'{.spec.initContainers[*].image} {.spec.containers[*].image}"
        " {.spec.imagePullSecrets}' && %(kubectl)s describe pod %(name)s | tail -20",
    ),
    _step(
        Reason.MISSING_CONFIG_MAP,
        text="Check which ConfigMaps the namespace has. Create the missing one, or"
        " correct its name in the pod template.",
        command="%(kubectl)s get configmaps",
    ),
    _step(
        Reason.MISSING_SECRET,
        text="Check which Secrets the namespace has. Create the missing one, or correct"
        " its name in the pod template.",
        command="%(kubectl)s get secrets",
    ),
    _step(
        Reason.CRASH_LOOP,
        Reason.INIT_CONTAINER_FAILS,
        Reason.LIVENESS_PROBE_FAILS,
        Reason.STARTUP_PROBE_FAILS,
        text="Read what the container wrote before it ended.",
        command="%(kubectl)s logs %(name)s%(container)s --tail=100 --previous",
    ),
    _step(
        Reason.OUT_OF_MEMORY,
        text="Compare the memory limit with what the containers use. Then raise the"
        " limit, or let the app use less.",
        command=_POD + "'{.spec.containers[*].resources}'"
        " && %(kubectl)s top pod %(name)s --containers",
    ),
    _step(
        *_PROBES,
        text="Read how the probe fails: an `Unhealthy` event at the end of the output"
        " quotes its error. Then compare the probe's port and path (line"
        " `%(probe)s:`) with the port and path at which the app listens. The line"
        " `Port:` only informs: a container can listen on ports that it does not"
        " declare.",
        command="%(kubectl)s describe pod %(name)s",
    ),
    _step(
        Reason.CPU_QUOTA_EXCEEDED,
        Reason.MEMORY_QUOTA_EXCEEDED,
        Reason.POD_QUOTA_EXCEEDED,
        Reason.STORAGE_QUOTA_EXCEEDED,
        Reason.SERVICE_QUOTA_EXCEEDED,
        Reason.QUOTA_EXCEEDED,
        text="Check which quota is used up. Then raise it, or free some of it.",
        command="%(kubectl)s describe resourcequota",
    ),
    _step(
        Reason.MISSING_SERVICE_ACCOUNT,
        text="Check which ServiceAccounts the namespace has. Create the missing one, or"
        " correct serviceAccountName.",
        command="%(kubectl)s get serviceaccounts",
    ),
    _step(
        Reason.ADMISSION_REJECTED,
        Reason.PODS_NOT_CREATED,
        text="Read why no pod is created.",
        command="%(kubectl)s get events --field-selector reason=FailedCreate",
    ),
    _step(
        Reason.ZERO_REPLICAS,
        text="Find out who scaled %(kind)s %(name)s to 0. Then scale it up.",
        command="%(kubectl)s scale %(kind)s %(name)s --replicas=1",
        undo="%(kubectl)s scale %(kind)s %(name)s --replicas=0",
    ),
)


def reason_steps(why: Why | None, namespace: str) -> tuple[NextStep, ...]:
    """Return what to do about a reason; nothing if there is none."""
    if why is None:
        return ()
    names = {
        "kubectl": f"kubectl -n {quote(namespace)}",
        "name": quote(why.name),
        "kind": why.kind,
        "container": f" -c {quote(why.container)}" if why.container else "",
        "probe": _PROBES.get(why.reason, ""),
    }
    return tuple(
        NextStep(
            text=step.text % names,
            command=step.command % names,
            undo=step.undo % names if step.undo else None,
        )
        for step in STEPS
        if why.reason in step.reasons
    )


def joined(*groups: tuple[NextStep, ...]) -> tuple[NextStep, ...]:
    """Return the steps of all groups, without a command that an earlier one has."""
    by_command = {s.command or s.text: s for g in reversed(groups) for s in g[::-1]}
    return tuple(by_command[key] for key in reversed(by_command))
