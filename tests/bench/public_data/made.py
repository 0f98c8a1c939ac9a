"""A data set made by hand, in the formats of the public ones and with none of theirs.

In: texts. Out: git repositories with them.
"""

import json
import subprocess
from pathlib import Path

POD = """\
Name:             orders-5f6c-x1
Namespace:        shop
Service Account:  orders
Node:             one/192.0.2.11
Labels:           app=orders
                  pod-template-hash=5f6c
Annotations:      <none>
Status:           Running
IP:               10.0.1.5
IPs:
  IP:           10.0.1.5
Controlled By:  ReplicaSet/orders-5f6c
Containers:
  web:
    Image:          registry.example/orders:1
    Port:           8080/TCP
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Exit Code:    3
    Ready:          False
    Restart Count:  4
    Liveness:       tcp-socket :8080 delay=5s timeout=1s period=10s
    Readiness:      http-get http://:8081/ready delay=5s timeout=1s period=10s
    Environment:
      MODE:  prod
Conditions:
  Type           Status
  Ready          False
  PodScheduled   True
Node-Selectors:  disk=ssd
Events:
  Type     Reason   Age                From     Message
  ----     ------   ----               ----     -------
  Normal   Pulled   40s                kubelet  Successfully pulled image
  Warning  BackOff  5s (x9 over 81s)   kubelet  Back-off restarting failed container
"""
SERVICE = """\
Name:              orders
Namespace:         shop
Labels:            app=orders
Selector:          app=orders
Type:              ClusterIP
IP:                10.96.0.7
Port:              http  80/TCP
TargetPort:        8080/TCP
Endpoints:
Session Affinity:  None
Events:            <none>
"""
ENDPOINTS = """\
Name:         orders
Namespace:    shop
Subsets:
  Addresses:          <none>
  NotReadyAddresses:  10.0.1.5
  Ports:
    Name  Port  Protocol
    ----  ----  --------
    http  8080  TCP

Events:  <none>
"""
DEPLOYMENT = """\
Name:                   orders
Namespace:              shop
Labels:                 app=orders
Selector:               app=orders
Replicas:               2 desired | 1 updated | 1 total | 0 available | 2 unavailable
Pod Template:
  Labels:           app=orders
  Containers:
   web:
    Image:      registry.example/orders:1
    Port:       8080/TCP
  Node-Selectors:  disk=ssd
Conditions:
  Type             Status  Reason
  ----             ------  ------
  ReplicaFailure   True    FailedCreate
OldReplicaSets:    <none>
NewReplicaSet:     orders-5f6c (1/2 replicas created)
Events:            <none>
"""
NODE = """\
Name:               one
Roles:              <none>
Labels:             disk=hdd
Unschedulable:      false
Conditions:
  Type    Status  LastHeartbeatTime                 Reason        Message
  ----    ------  -----------------                 ------        -------
  Ready   True    Mon, 01 Jun 2026 10:00:00 +0000   KubeletReady  kubelet is ready
Addresses:
  InternalIP:  192.0.2.11
  Hostname:    one
Events:        <none>
"""
EVENTS = """\
90s   Normal    Scheduled      pod/orders-5f6c-x1       Successfully assigned
30s   Warning   FailedCreate   replicaset/orders-5f6c   Error creating: pods "orders-5f6c-" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1
"""  # noqa: E501 - as kubectl prints it


def answers(**changes: str | None) -> dict[str, str]:
    """Return the cached answers of kubectl in one case; None removes one."""
    texts: dict[str, str | None] = {
        "pods": POD,
        "services": SERVICE,
        "endpoints": ENDPOINTS,
        "deployments": DEPLOYMENT,
        "nodes": NODE,
        "connection": "Connection Failed",
        **changes,
    }
    found = {
        _key("GetResources", resource_type="events", name=""): EVENTS,
        _key("CheckServiceConnectivity", service_name="orders", port=80): texts.pop(
            "connection"
        ),
    }
    for kind, text in texts.items():
        name = (text or "Name: gone").split()[1]
        found[_key("GetResources", resource_type=kind, name="")] = (
            f"{'NAME':20}READY\n{name:20}0/1\n" if text else ""
        )
        found[_key("DescribeResource", resource_type=kind, name=name)] = text
    return {key: text for key, text in found.items() if text is not None}


def _key(verb: str, **asked: object) -> str:
    fields = {**asked, "namespace": "shop"}
    return f"{verb}:{json.dumps(fields, separators=(',', ':'))}"


def repository(folder: Path, files: dict[str, str]) -> Path:
    """Return a git repository with these files, committed."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        (
            *("-c", "user.name=A", "-c", "user.email=a@example.net"),
            *("commit", "-q", "-m", "Add cases"),
        ),
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)  # noqa: S603, S607
    return folder


def opsbench(
    folder: Path, label: str, about: str = "app/orders", **changes: str | None
) -> Path:
    """Return a clone of a data set like Cloud-OpsBench, with one case."""
    result = {"fault_object": about, "root_cause": label}
    case = "benchmark/shop/made/1"
    files = {
        f"{case}/metadata.json": json.dumps({"namespace": "shop", "result": result}),
        f"{case}/tool_cache.json": json.dumps(answers(**changes)),
    }
    return repository(folder, files)
