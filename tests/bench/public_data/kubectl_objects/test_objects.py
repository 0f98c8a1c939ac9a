"""Specification of objects that are made again from kubectl's descriptions."""

from datetime import UTC, datetime

import pytest

from bench.public_data.kubectl_objects import events, pods, services, workloads
from bench.public_data.kubectl_objects.text import without_events
from tests.bench.public_data.made import (
    DEPLOYMENT,
    ENDPOINTS,
    EVENTS,
    NODE,
    POD,
    SERVICE,
)

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)


def test_a_pod_has_its_state_and_place() -> None:
    """As the API writes them."""
    pod = pods.pod(POD)
    assert pod["metadata"]["labels"]["app"] == "orders"
    assert pod["metadata"]["ownerReferences"] == [
        {"kind": "ReplicaSet", "name": "orders-5f6c"}
    ]
    assert pod["spec"]["nodeName"] == "one"
    assert pod["spec"]["nodeSelector"] == {"disk": "ssd"}
    assert pod["status"]["podIP"] == "10.0.1.5"
    assert {"type": "Ready", "status": "False"} in pod["status"]["conditions"]
    (state,) = pod["status"]["containerStatuses"]
    assert state["state"] == {"waiting": {"reason": "CrashLoopBackOff"}}
    assert state["lastState"] == {"terminated": {"reason": "Error", "exitCode": 3}}
    assert state["restartCount"] == 4


def test_a_pod_without_a_node_waits() -> None:
    """Nothing is made up for what kubectl does not print."""
    text = POD.replace("one/192.0.2.11", "<none>").replace("10.0.1.5", "")
    pod = pods.pod(text.replace("Status:           Running", "Status:  Pending"))
    assert pod["status"]["phase"] == "Pending"
    assert "nodeName" not in pod["spec"]
    assert "podIP" not in pod["status"]


@pytest.mark.parametrize(
    ("line", "probe"),
    [
        (
            "http-get http://:8081/ready delay=5s",
            {"httpGet": {"port": 8081, "path": "/ready", "scheme": "HTTP"}},
        ),
        (
            "http-get https://:web/ delay=5s",
            {"httpGet": {"port": "web", "path": "/", "scheme": "HTTPS"}},
        ),
        ("tcp-socket :8080 delay=5s", {"tcpSocket": {"port": 8080}}),
        ("grpc <pod>:9000  delay=5s", {"grpc": {"port": 9000}}),
        ("exec [cat /ok] delay=5s", {"exec": {"command": ["cat", "/ok"]}}),
        ("", None),
    ],
)
def test_a_probe_is_read_from_its_line(line: str, probe: object) -> None:
    """Each kind has its own form."""
    assert pods.probe(line) == probe


def test_a_service_has_its_ports() -> None:
    """With protocol and targetPort; a name stays one."""
    service = services.service(SERVICE.replace("8080/TCP", "web/TCP"))
    assert service["spec"]["selector"] == {"app": "orders"}
    assert service["spec"]["ports"] == [
        {"name": "http", "port": 80, "protocol": "TCP", "targetPort": "web"}
    ]


def test_a_slice_lists_who_is_ready() -> None:
    """Endpoints have both, with the pod of each address."""
    found = services.endpoint_slice(SERVICE, ENDPOINTS, [pods.pod(POD)])
    assert found["ports"] == [{"name": "http", "port": 8080, "protocol": "TCP"}]
    assert found["endpoints"] == [
        {
            "addresses": ["10.0.1.5"],
            "conditions": {"ready": False},
            "nodeName": "one",
            "targetRef": {"kind": "Pod", "name": "orders-5f6c-x1"},
        }
    ]


def test_a_slice_may_lack_the_port() -> None:
    """Endpoints are empty then; the Service's description has the bare address."""
    front = SERVICE.replace("Endpoints:", "Endpoints:         10.0.1.5")
    found = services.endpoint_slice(front, "Name: orders\nSubsets:\n", [])
    assert found["ports"] == []
    assert found["endpoints"] == [
        {"addresses": ["10.0.1.5"], "conditions": {"ready": True}}
    ]


def test_a_deployment_has_the_reason_of_its_replica_set() -> None:
    """The event has the condition's message."""
    found = workloads.deployment(DEPLOYMENT, "quota")
    assert found["spec"]["replicas"] == 2
    assert found["spec"]["template"]["metadata"]["labels"] == {"app": "orders"}
    assert found["status"]["updatedReplicas"] == 1
    assert found["status"]["conditions"] == [
        {
            "type": "ReplicaFailure",
            "status": "True",
            "reason": "FailedCreate",
            "message": "quota",
        }
    ]


def test_a_node_is_ready_by_its_condition() -> None:
    """With the address on which agents reach it."""
    found = workloads.node(NODE)
    assert found["status"]["conditions"][0]["type"] == "Ready"
    assert {"type": "InternalIP", "address": "192.0.2.11"} in found["status"][
        "addresses"
    ]
    assert "namespace" not in found["metadata"]


def test_only_warnings_are_events_of_interest() -> None:
    """Each once, with its age, its count and the object."""
    pod = pods.pod(POD)
    found = events.once(
        [
            *events.listed(EVENTS, "shop", NOW),
            *events.described(without_events(POD)[1], pod, NOW),
            *events.described(without_events(POD)[1], pod, NOW),
        ]
    )
    assert [(e["involvedObject"]["kind"], e["reason"]) for e in found] == [
        ("ReplicaSet", "FailedCreate"),
        ("Pod", "BackOff"),
    ]
    assert found[0]["message"].startswith('Error creating: pods "orders-5f6c-"')
    assert found[0]["lastTimestamp"] == "2026-06-01T09:59:30Z"
    assert found[1]["count"] == 9
