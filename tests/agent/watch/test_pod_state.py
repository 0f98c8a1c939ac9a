"""Specification of what the agent reads of a pod that is not ready."""

from datetime import UTC, datetime
from typing import Any

from parallax_agent.watch.pod_state import MOST, pod_with_state, pods_with_state

ENDED = "2026-11-30T12:00:00Z"


def pod(**status: Any) -> dict[str, Any]:
    """Return a Pod with this status."""
    return {
        "metadata": {"name": "web-1", "namespace": "shop"},
        "spec": {"nodeName": "n1", "containers": [{"name": "web"}]},
        "status": {"phase": "Running", **status},
    }


def container(name: str, **state: Any) -> dict[str, Any]:
    """Return a container's status."""
    return {"name": name, "restartCount": 3, "ready": False, **state}


def ended(code: int, reason: str = "Error") -> dict[str, Any]:
    """Return how a container ended."""
    return {"terminated": {"exitCode": code, "reason": reason, "finishedAt": ENDED}}


def test_a_crash_has_its_container_and_its_end() -> None:
    """The one that waits, not the first one."""
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    statuses = [
        container("proxy", ready=True, state={"running": {}}),
        container("web", state=waiting, lastState=ended(137, "OOMKilled")),
    ]
    read = pod_with_state(pod(containerStatuses=statuses))
    assert (read.waiting_container, read.exit_code, read.exit_reason) == (
        "web",
        137,
        "OOMKilled",
    )
    assert read.ended_at == datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert read.waiting_message == "back-off 10s"


def test_an_init_container_is_marked_even_between_two_attempts() -> None:
    """Then it does not wait, and the others wait for it."""
    read = pod_with_state(
        pod(
            phase="Pending",
            initContainerStatuses=[container("migrate", state=ended(2))],
            containerStatuses=[
                container("web", state={"waiting": {"reason": "PodInitializing"}})
            ],
        )
    )
    assert (read.waiting_container, read.exit_code) == ("init migrate", 2)
    assert read.waiting_reason == "PodInitializing"


def test_an_init_container_that_is_done_is_not_named() -> None:
    """It once failed, and is ready."""
    done = container("migrate", state=ended(0, "Completed"), lastState=ended(1))
    done["ready"] = True
    read = pod_with_state(pod(initContainerStatuses=[done]))
    assert read.waiting_container is None


def test_the_schedulers_message_and_what_the_pod_requires() -> None:
    """Without secrets, on one line."""
    item = pod(
        phase="Pending",
        conditions=[
            {
                "type": "PodScheduled",
                "status": "False",
                "reason": "Unschedulable",
                "message": "0/1 nodes are available:\n1 Insufficient cpu.",
            }
        ],
    )
    item["spec"] |= {
        "nodeSelector": {"disk": "ssd"},
        "affinity": {
            "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"a": 1}}
        },
    }
    read = pod_with_state(item)
    assert read.unscheduled == "0/1 nodes are available: 1 Insufficient cpu."
    assert read.placement == "selector, affinity"


def test_probes_are_read_in_words() -> None:
    """What they request, and of which container."""
    item = pod()
    (web,) = item["spec"]["containers"]
    web["readinessProbe"] = {"httpGet": {"port": 8081, "path": "/ready"}}
    web["livenessProbe"] = {"tcpSocket": {"port": "http"}}
    read = pod_with_state(item)
    assert read.readiness_probe == "GET :8081/ready of container web"
    assert read.liveness_probe == "connect to :http of container web"
    web["readinessProbe"] = {"exec": {}}
    web["livenessProbe"] = {"grpc": {"port": 9}}
    read = pod_with_state(item)
    assert read.readiness_probe == "a command of container web"
    assert read.liveness_probe == "gRPC :9 of container web"


def test_a_thousand_pods_do_not_each_have_a_message() -> None:
    """The first ones that are not ready are enough."""
    crash = container("web", state=ended(1))
    many = [pod(containerStatuses=[crash]) for _ in range(MOST + 5)]
    codes = [p.exit_code for p in pods_with_state(many)]
    assert codes == [1] * MOST + [None] * 5


def test_a_ready_pod_has_none_of_it() -> None:
    """Its reading stays the same, whatever happened before."""
    item = pod(
        conditions=[{"type": "Ready", "status": "True"}],
        containerStatuses=[container("web", lastState=ended(1))],
    )
    read = pod_with_state(item)
    assert read.ready
    assert (read.exit_code, read.waiting_container) == (None, None)
