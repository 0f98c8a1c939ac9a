"""Specification of the reason why pods are not ready, and of its sentence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parallax.evidence.reasons.pods import of_pod, of_pods
from parallax.model.cluster import ClusterReading, Node, Pod, Warned
from parallax.model.reason import Reason

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
RUNNING = Pod(
    name="web-1", node="n1", phase="Running", started_at=NOW - timedelta(hours=1)
)


def reading(*events: Warned, known: bool = True, ready: bool = True) -> ClusterReading:
    """Return a reading with one node and these events."""
    node = Node(name="n1", ready=ready)
    return ClusterReading(read_at=NOW, nodes=(node,), events=events if known else None)


def warned(reason: str, message: str, name: str = "web-1") -> Warned:
    """Return an event of a pod."""
    return Warned(kind="Pod", name=name, reason=reason, message=message)


def found(pod: Pod, *events: Warned) -> tuple[str, str] | None:
    """Return the reason and its sentence."""
    why = of_pod(reading(*events), pod)
    return (why.reason.value, why.text) if why else None


def waiting(state: str, **more: object) -> Pod:
    """Return a pod whose container waits."""
    return replace(RUNNING, waiting_reason=state, **more)  # type: ignore[arg-type]


def test_the_schedulers_own_words_are_in_the_sentence() -> None:
    """The condition has them; without it the event."""
    pod = Pod(name="web-1", phase="Pending")
    reported = "0/3 nodes are available: 3 Insufficient memory."
    sentence = (
        "insufficient-memory",
        "pod web-1 cannot be scheduled: 0/3 nodes are available: 3 Insufficient memory",
    )
    assert found(replace(pod, unscheduled=reported)) == sentence
    assert found(pod, warned("FailedScheduling", reported)) == sentence
    assert found(pod, warned("FailedScheduling", reported, name="web-2")) == (
        "no-scheduler",
        "pod web-1 has no node, and no scheduler said why",
    )


@pytest.mark.parametrize(
    ("pod", "reason"),
    [
        (waiting("CrashLoopBackOff", exit_code=1), Reason.CRASH_LOOP),
        (waiting("CrashLoopBackOff"), Reason.CRASH_LOOP),
        (
            waiting("CrashLoopBackOff", exit_code=137, exit_reason="OOMKilled"),
            Reason.OUT_OF_MEMORY,
        ),
        (waiting("CrashLoopBackOff", exit_code=137), Reason.CRASH_LOOP),
        (
            waiting("CrashLoopBackOff", waiting_container="init migrate", exit_code=2),
            Reason.INIT_CONTAINER_FAILS,
        ),
        (
            waiting(
                "CrashLoopBackOff",
                waiting_container="init migrate",
                exit_code=128,
                exit_reason="StartError",
            ),
            Reason.CONTAINER_CANNOT_START,
        ),
        (waiting("Init:CrashLoopBackOff"), Reason.INIT_CONTAINER_FAILS),
        (waiting("Init:ImagePullBackOff"), Reason.IMAGE_PULL_FAILED),
        (waiting("OOMKilled"), Reason.OUT_OF_MEMORY),
        (
            waiting(
                "CrashLoopBackOff", exit_code=128, exit_reason="ContainerCannotRun"
            ),
            Reason.CONTAINER_CANNOT_START,
        ),
        (waiting("RunContainerError"), Reason.CONTAINER_CANNOT_START),
        (
            waiting(
                "CreateContainerConfigError", waiting_message='secret "db" not found'
            ),
            Reason.MISSING_SECRET,
        ),
        (
            waiting(
                "CreateContainerConfigError",
                waiting_message="couldn't find key url in ConfigMap shop/api",
            ),
            Reason.MISSING_CONFIG_MAP,
        ),
        (waiting("CreateContainerConfigError"), Reason.CONTAINER_CONFIG_ERROR),
        (RUNNING, Reason.READINESS_PROBE_FAILS),
        (replace(RUNNING, started_at=NOW - timedelta(seconds=9)), Reason.POD_STARTING),
        (
            replace(RUNNING, phase="Failed", exit_reason="Evicted"),
            Reason.POD_ENDED,
        ),
    ],
)
def test_the_containers_state_gives_the_reason(pod: Pod, reason: Reason) -> None:
    """Without events and messages too, as far as the state alone decides."""
    why = of_pod(reading(known=False), pod)
    assert why
    assert why.reason is reason
    assert "web-1" in why.text


def test_a_crash_has_its_exit_code_container_and_restarts() -> None:
    """All that a reader needs before the log."""
    pod = waiting("CrashLoopBackOff", exit_code=3, waiting_container="app", restarts=12)
    assert found(pod) == (
        "crash-loop",
        "container app of pod web-1 ends again and again with exit code 3, 12 restarts",
    )


def test_a_liveness_probe_explains_restarts() -> None:
    """The kubelet ends the container; its exit code says less."""
    reported = (
        "Liveness probe failed: dial tcp 10.42.0.7:9999: connect: connection refused"
    )
    pod = waiting("CrashLoopBackOff", exit_code=137, exit_reason="Error", restarts=9)
    reason, text = found(pod, warned("Unhealthy", reported)) or ("", "")
    assert reason == "liveness-probe-fails"
    assert "10.42.0.7:9999" in text


def test_a_program_that_ends_by_itself_is_not_ended_by_its_probe() -> None:
    """The probe fails because the program has ended."""
    reported = "Liveness probe failed: dial tcp 10.42.0.7:80: connection refused"
    pod = waiting("CrashLoopBackOff", exit_code=1, exit_reason="Error", restarts=9)
    assert (found(pod, warned("Unhealthy", reported)) or ("",))[0] == "crash-loop"


def test_a_limit_that_is_too_low_to_start_is_a_lack_of_memory() -> None:
    """The runtime is killed before the container runs."""
    reported = (
        "runc create failed: container init was OOM-killed (memory limit too low)"
    )
    pod = waiting("ContainerCreating", phase="Pending")
    event = warned("FailedCreatePodSandBox", reported)
    assert (found(pod, event) or ("",))[0] == "out-of-memory"
    other = warned("FailedCreatePodSandBox", "plugin type flannel failed")
    assert (found(pod, other) or ("",))[0] == "pod-sandbox-failed"


def test_a_readiness_probe_has_its_port() -> None:
    """From the event, and from the pod's own declaration."""
    reported = (
        'Readiness probe failed: Get "http://10.42.0.7:8081/": dial tcp 10.42.0.7:8081:'
        " connect: connection refused"
    )
    pod = replace(RUNNING, readiness_probe="GET :8081/ of container web")
    reason, text = found(pod, warned("Unhealthy", reported)) or ("", "")
    assert reason == "readiness-probe-fails"
    assert "(GET :8081/ of container web)" in text
    assert "dial tcp 10.42.0.7:8081" in text


def test_an_old_end_does_not_stand_for_the_present() -> None:
    """A container that was killed days ago is not ready for another reason now."""
    pod = replace(
        RUNNING, restarts=1, exit_code=137, exit_reason="OOMKilled", ended_at=NOW
    )
    old = replace(pod, ended_at=NOW - timedelta(days=3))
    assert (found(pod) or ("",))[0] == "out-of-memory"
    assert (found(old) or ("",))[0] == "readiness-probe-fails"


def test_a_state_of_tomorrow_is_no_readiness_probe() -> None:
    """Nothing is concluded from a reason that is not known."""
    assert found(waiting("Terminating")) is None


def test_restarts_without_an_end_that_was_read_decide_nothing() -> None:
    """It may crash, or fail its readiness probe."""
    assert found(replace(RUNNING, restarts=4)) is None


def test_a_volume_that_cannot_be_mounted_names_what_is_missing() -> None:
    """The event that only timed out says less."""
    pod = waiting("ContainerCreating", phase="Pending")
    late = warned("FailedMount", "Unable to attach or mount volumes: timed out")
    missing = warned(
        "FailedMount",
        'MountVolume.SetUp failed for volume "cfg" : configmap "api" not found',
    )
    reason, text = found(pod, late, missing) or ("", "")
    assert reason == "missing-config-map"
    assert 'configmap "api" not found' in text
    assert (found(pod, late) or ("",))[0] == "volume-mount-failed"
    assert found(pod) is None


def test_a_pod_on_a_node_that_is_not_ready_is_not_ready_for_that() -> None:
    """Unless its container waits for something of its own."""
    why = of_pod(reading(ready=False), RUNNING)
    assert why
    assert why.reason is Reason.NODE_NOT_READY
    crashed = of_pod(reading(ready=False), waiting("CrashLoopBackOff"))
    assert crashed
    assert crashed.reason is Reason.CRASH_LOOP


def test_the_reason_of_most_pods_is_told_with_their_number() -> None:
    """One pod of another kind does not hide it."""
    crash = waiting("CrashLoopBackOff")
    pods = (RUNNING, replace(crash, name="web-2"), replace(crash, name="web-3"))
    why = of_pods(reading(), pods)
    assert why
    assert why.text == "pod web-2 ends again and again (the same with 1 other pod)"
    assert of_pods(reading(), (replace(RUNNING, ready=True),)) is None


def test_a_long_message_is_one_short_line() -> None:
    """It cannot start a line of its own in the mail."""
    pod = Pod(name="web-1", phase="Pending", unscheduled="0/1\nnodes " + "x" * 900)
    assert "\n" not in (found(pod) or ("", ""))[1]
    assert len((found(pod) or ("", ""))[1]) < 300


def test_a_limit_too_low_to_start_is_out_of_memory() -> None:
    """The runtime says so: in the sandbox's event, or in the container's."""
    text = "runc create failed: container init was OOM-killed (memory limit too low?)"
    creating = waiting("ContainerCreating")
    assert (found(creating, warned("FailedCreatePodSandBox", text)) or "")[0] == (
        "out-of-memory"
    )
    crashing = waiting("CrashLoopBackOff", exit_code=128, exit_reason="StartError")
    assert (found(crashing, warned("Failed", text)) or "")[0] == "out-of-memory"


def test_a_container_that_ends_itself_is_not_killed_by_a_probe() -> None:
    """A sidecar's startup probe failed once; the app ends with code 1."""
    startup = warned("Unhealthy", "Startup probe failed: connection refused")
    own = waiting("CrashLoopBackOff", exit_code=1)
    assert (found(own, startup) or "")[0] == "crash-loop"
    killed = waiting("CrashLoopBackOff", exit_code=137)
    assert (found(killed, startup) or "")[0] == "startup-probe-fails"


def test_a_liveness_probe_that_the_container_lacks_kills_nothing() -> None:
    """The event is about another container of the pod."""
    event = warned("Unhealthy", "Liveness probe failed: statuscode: 500")
    pod = waiting("CrashLoopBackOff", exit_code=137, readiness_probe="a command")
    assert (found(pod, event) or "")[0] == "crash-loop"


@pytest.mark.parametrize(
    ("unready", "reason"),
    [
        (None, Reason.NODE_NOT_READY),
        ("NodeStatusUnknown: Kubelet stopped posting", Reason.KUBELET_SILENT),
        ("KubeletNotReady: runtime is down", Reason.CONTAINER_RUNTIME_DOWN),
    ],
)
@pytest.mark.parametrize("state", [None, "ContainerCreating"])
def test_a_node_that_is_not_ready_says_why(
    unready: str | None, reason: Reason, state: str | None
) -> None:
    """Whatever its kubelet wrote last about the pod is stale."""
    node = Node(name="n1", ready=False, unready=unready)
    cluster = replace(reading(), nodes=(node,))
    why = of_pod(cluster, replace(RUNNING, waiting_reason=state))
    assert why
    assert why.reason is reason
    assert (why.kind, why.name) == ("node", "n1")
    assert (unready or "") in why.text


def test_a_storage_class_that_does_not_exist_is_named() -> None:
    """The claim's event has it; the scheduler only knows that no volume is bound."""
    pod = Pod(name="web-1", phase="Pending")
    unbound = warned(
        "FailedScheduling", "pod has unbound immediate PersistentVolumeClaims"
    )
    event = Warned(
        kind="PersistentVolumeClaim",
        name="data",
        reason="ProvisioningFailed",
        message='storageclass.storage.k8s.io "fast" not found',
    )
    assert (found(pod, unbound, event) or "")[0] == "storage-class-missing"
    assert (found(pod, unbound) or "")[0] == "volume-unbound"


@pytest.mark.parametrize(
    ("restarts", "reason"), [(1, "readiness-probe-fails"), (3, "crash-loop")]
)
def test_a_single_end_does_not_explain_a_failing_probe(
    restarts: int, reason: str
) -> None:
    """An app that ended once, and runs since then, is not ready for another reason."""
    pod = replace(RUNNING, exit_code=1, restarts=restarts)
    event = warned("Unhealthy", "Readiness probe failed: statuscode: 503")
    assert (found(pod, event) or "")[0] == reason
