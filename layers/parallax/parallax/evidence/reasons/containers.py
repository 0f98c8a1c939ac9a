"""Containers: why a pod's containers do not start, end, or are not ready.

In: a pod that has a node, its Warning events, and the time of the reading. Out: a
`Why`, or None if the evidence allows several reasons.
It does not: look at the scheduler or at other pods.
Source: kubelet, pkg/kubelet (container states, event reasons, prober); Kubernetes,
Debug Pods; `kubectl get pods` writes `Init:` before the state of an init container.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from parallax.evidence.reasons import images, probes
from parallax.evidence.reasons.why import Why, messages, quoted
from parallax.model.cluster import Pod, Warned
from parallax.model.reason import Reason

RECENT = timedelta(minutes=15)
"""An end counts if it is not older: the kubelet waits at most 5 minutes to restart."""
YOUNG = timedelta(minutes=1)
"""A pod that is not older may simply be starting."""
OUT_OF_MEMORY = 137
REPEATED = 2
"""From so many ends on, a container ends again and again."""
OWN_ERROR = 1
"""The exit code of most programs that end with an error of their own."""
_KILLED_AT_START = "oom-killed"
"""Part of runc's message about a limit that is too low for any process."""
COMMAND_FAILS = (126, 127, 128)
"""Exit codes of a shell or runtime: not executable, not found, not started."""
CRASHING = frozenset({"CrashLoopBackOff", "Error", "Completed", "OOMKilled"})
CREATING = frozenset({"ContainerCreating", "PodInitializing", "Pending"})
NO_START = frozenset(
    {
        "CreateContainerError",
        "RunContainerError",
        "ContainerCannotRun",
        "StartError",
        "PostStartHookError",
        "PreCreateHookError",
    }
)
_LACKING = (
    (
        Reason.MISSING_CONFIG_MAP,
        re.compile(r'configmap "[^"]*" not found|key \S+ in configmap', re.IGNORECASE),
    ),
    (
        Reason.MISSING_SECRET,
        re.compile(r'secret "[^"]*" not found|key \S+ in secret', re.IGNORECASE),
    ),
    (
        Reason.VOLUME_CLAIM_MISSING,
        re.compile(r'persistentvolumeclaim "[^"]*" not found', re.IGNORECASE),
    ),
)
_PROBE = re.compile(
    r"(Liveness|Readiness|Startup) probe (?:failed|errored)[^:]*: ?(.*)"
)


def reason_of(pod: Pod, events: Sequence[Warned], now: datetime) -> Why | None:
    """Return why a pod's containers are not ready; None: not established."""
    state, init = _state(pod)
    if state in images.WAITING:
        return _image(pod, state, events)
    if state == "CreateContainerConfigError":
        return _config(pod, events)
    if state in NO_START:
        reported = pod.waiting_message or messages(events, "Failed")
        return _why(
            Reason.CONTAINER_CANNOT_START, pod, "cannot start", reported or state
        )
    if state in CREATING or (state or "").isdecimal():
        return _creating(pod, events, now)
    if state in CRASHING:
        return _crash(pod, state, events, init=init)
    runs = pod.phase == "Running" and not state
    return _running(pod, events, now) if runs else None


def _state(pod: Pod) -> tuple[str | None, bool]:
    """Return the state of the container that waits, and whether it is an init one."""
    state = pod.waiting_reason
    init = (pod.waiting_container or "").startswith("init ")
    if state and state.startswith("Init:"):
        state, init = state.removeprefix("Init:").partition("/")[0], True
    return state, init


def _why(reason: Reason, pod: Pod, what: str, detail: str | None = None) -> Why:
    container = (pod.waiting_container or "").rpartition(" ")[2] or None
    who = f"container {container} of pod {pod.name}" if container else f"pod {pod.name}"
    text = f"{who} {what}{f': {quoted(detail)}' if detail else ''}"
    init = (pod.waiting_container or "").startswith("init ")
    return Why(reason=reason, text=text, name=pod.name, container=container, init=init)


def _image(pod: Pod, state: str, events: Sequence[Warned]) -> Why:
    failed = (e.message for e in events if e.reason == "Failed")
    pulls = [m for m in failed if "image" in m.lower() and "Error: " not in m[:7]]
    reported = "\n".join(filter(None, [pod.waiting_message, *pulls]))
    reason = images.reason_of(state, reported)
    waiting = pod.waiting_message or ""
    alone = images.reason_of(state, waiting) is not Reason.IMAGE_PULL_FAILED
    detail = waiting if alone or not pulls else pulls[0]
    return _why(reason, pod, f"waits for its image ({state})", detail)


def _config(pod: Pod, events: Sequence[Warned]) -> Why:
    reported = pod.waiting_message or messages(events, "Failed")
    reason = _lacking(reported) or Reason.CONTAINER_CONFIG_ERROR
    return _why(reason, pod, "cannot be configured", reported)


def _lacking(reported: str) -> Reason | None:
    """Return which object a message says is missing."""
    return next((r for r, pattern in _LACKING if pattern.search(reported)), None)


def _creating(pod: Pod, events: Sequence[Warned], now: datetime) -> Why | None:
    if (pod.waiting_container or "").startswith("init ") and pod.exit_code:
        return _crash(pod, None, events, init=True)
    if mounts := messages(events, "FailedMount"):
        reason = _lacking(mounts) or Reason.VOLUME_MOUNT_FAILED
        return _why(reason, pod, "cannot mount a volume", _telling(mounts))
    if attach := messages(events, "FailedAttachVolume"):
        what = "waits for a volume to be attached"
        return _why(Reason.VOLUME_ATTACH_FAILED, pod, what, attach.split("\n")[0])
    if sandbox := messages(events, "FailedCreatePodSandBox"):
        first = sandbox.split("\n")[0]
        if _KILLED_AT_START in sandbox.lower():
            return _why(Reason.OUT_OF_MEMORY, pod, "cannot start", first)
        return _why(Reason.SANDBOX_FAILED, pod, "has no network or sandbox", first)
    if _young(pod, now):
        return _why(Reason.POD_STARTING, pod, "is being created")
    return None


def _telling(mounts: str) -> str:
    """Return the message that names an object, not the one that only timed out."""
    each = mounts.split("\n")
    return next((m for m in each if _lacking(m)), each[0])


def _crash(pod: Pod, state: str | None, events: Sequence[Warned], *, init: bool) -> Why:
    how = _how_it_ended(pod)
    if state == "OOMKilled" or _by_memory(pod):
        what = "was killed at its memory limit (OOMKilled)"
        return _why(Reason.OUT_OF_MEMORY, pod, what + _often(pod))
    if pod.exit_code in COMMAND_FAILS and pod.exit_reason in NO_START:
        reported = messages(events, "Failed")
        memory = _KILLED_AT_START in reported.lower()
        reason = Reason.OUT_OF_MEMORY if memory else Reason.CONTAINER_CANNOT_START
        what = f"cannot start{' as init container' if init else ''}{how}"
        return _why(reason, pod, what, reported.split("\n")[0])
    if init:
        return _why(Reason.INIT_CONTAINER_FAILS, pod, f"ends as init container{how}")
    if (killed := _probe(events, "Liveness", "Startup")) and _by_probe(pod, killed[0]):
        kind, reported = killed
        what = f"is restarted as its {kind.lower()} probe fails"
        return _why(probes.reason_of(kind, reported, pod), pod, what, reported)
    return _why(Reason.CRASH_LOOP, pod, f"ends again and again{how}{_often(pod)}")


def _how_it_ended(pod: Pod) -> str:
    if pod.exit_code is None:
        return ""
    reason = pod.exit_reason
    plain = reason in {None, "Error", "Completed"}
    return f" with exit code {pod.exit_code}{'' if plain else f' ({reason})'}"


def _often(pod: Pod) -> str:
    return f", {pod.restarts} restarts" if pod.restarts else ""


def _by_memory(pod: Pod) -> bool:
    """Return whether the kernel ended it at its limit; 137 alone may be any kill."""
    return pod.exit_reason == "OOMKilled" and pod.exit_code in (OUT_OF_MEMORY, None)


def _by_probe(pod: Pod, kind: str) -> bool:
    """Return whether the kubelet ended the container after this probe failed.

    It sends SIGTERM, then SIGKILL: a container that ends with code 1 ended itself. The
    event may also be about another container, if this one has no such probe.
    """
    read = pod.readiness_probe is not None or pod.liveness_probe is not None
    lacks = kind == "Liveness" and read and pod.liveness_probe is None
    return pod.exit_code != OWN_ERROR and not lacks


def _probe(events: Sequence[Warned], *kinds: str) -> tuple[str, str] | None:
    """Return the newest event of a failing probe of these kinds, and its message."""
    for event in events:
        found = _PROBE.search(event.message) if event.reason == "Unhealthy" else None
        if found and found.group(1) in kinds:
            return found.group(1), found.group(2)
    return None


def _running(pod: Pod, events: Sequence[Warned], now: datetime) -> Why | None:
    """Return why a pod that runs is not ready."""
    ended = pod.exit_code is not None and pod.restarts > 0 and _recent(pod, now)
    killed = _probe(events, "Liveness", "Startup")
    own = pod.exit_code == OWN_ERROR and pod.restarts >= REPEATED
    if ended and (own or (killed and _by_probe(pod, killed[0]))):
        return _crash(pod, None, events, init=False)
    if failed := _probe(events, "Readiness"):
        return _readiness(pod, failed[1])
    if ended:
        return _crash(pod, None, events, init=False)
    if pod.restarts and pod.exit_code is None:
        return None
    if _young(pod, now):
        return _why(Reason.POD_STARTING, pod, "has just started and is not ready yet")
    return _readiness(pod, None)


def _readiness(pod: Pod, reported: str | None) -> Why:
    asked = f" ({pod.readiness_probe})" if pod.readiness_probe else ""
    text = f"pod {pod.name} runs, and its readiness probe{asked} does not succeed"
    detail = f": {quoted(reported)}" if reported else ""
    reason = probes.reason_of("Readiness", reported or "", pod)
    return Why(reason=reason, text=text + detail, name=pod.name)


def _recent(pod: Pod, now: datetime) -> bool:
    """Return whether its end is recent; unknown counts as recent."""
    return pod.ended_at is None or now - pod.ended_at <= RECENT


def _young(pod: Pod, now: datetime) -> bool:
    return pod.started_at is not None and now - pod.started_at <= YOUNG
