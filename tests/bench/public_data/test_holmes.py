"""Specification of the converter for fixtures like HolmesGPT's, made by hand."""

from pathlib import Path

import pytest

from bench.public_data import holmes
from bench.public_data.case import Case
from bench.public_data.clone import Clone
from parallax.diagnose.judge import judge
from tests.bench.public_data import made

FIXTURE = "tests/llm/fixtures/test_made/01_case"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: space}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
      - name: web
        image: registry.example/web:1
        ports: [{containerPort: 8080}]
"""
SERVICE = """\
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: space}
spec:
  selector: {app: shop}
  ports: [{port: 80, targetPort: 8080}]
"""
INGRESS = """\
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: way, namespace: space}
spec:
  ingressClassName: none-such
  rules:
  - host: shop.example
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: front, port: {number: 80}}}
"""
CLAIM = """\
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: space}
spec: {storageClassName: none-such}
"""


def convert(folder: Path, **files: str) -> Case:
    """Return the one case of a made data set."""
    every = {f"{FIXTURE}/test_case.yaml": "expected_output: [made]\n"}
    for name, text in files.items():
        every[f"{FIXTURE}/{name.replace('_dot_', '.')}"] = text
    clone = Clone(made.repository(folder, every))
    (case,) = holmes.cases(clone)
    clone.close()
    return case


def pod_with(text: str) -> str:
    """Return the Deployment with more in its pod's specification."""
    return DEPLOYMENT.replace("      containers:", f"{text}      containers:")


def container_with(text: str) -> str:
    """Return the Deployment with more in its container."""
    return f"{DEPLOYMENT}        {text}\n"


@pytest.mark.parametrize(
    ("manifests", "cause", "reason"),
    [
        (
            DEPLOYMENT + SERVICE.replace("app: shop", "app: shopp"),
            "service-without-endpoints",
            "selector-matches-nothing",
        ),
        (
            pod_with("      nodeSelector: {disk: ssd}\n"),
            "service-without-endpoints",
            "node-selector-mismatch",
        ),
        (
            container_with("resources: {requests: {example/gpu: 1}}"),
            "service-without-endpoints",
            "insufficient-resources",
        ),
        (
            pod_with("      volumes: [{name: v, configMap: {name: c}}]\n"),
            "service-without-endpoints",
            "missing-config-map",
        ),
        (
            container_with(
                "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]"
            ),
            "pods-not-ready",
            "missing-secret",
        ),
        (
            pod_with(
                "      volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]\n"
            )
            + CLAIM,
            "service-without-endpoints",
            "storage-class-missing",
        ),
        (
            container_with('readinessProbe: {exec: {command: [sh, -c, "exit 1"]}}'),
            "pods-not-ready",
            "readiness-probe-fails",
        ),
        (DEPLOYMENT + SERVICE + INGRESS, "ingress-does-not-know-host", None),
    ],
)
def test_manifests_fail_by_kubernetes_own_rules(
    tmp_path: Path, manifests: str, cause: str, reason: str | None
) -> None:
    """Pods without a Service get one of ours."""
    case = convert(tmp_path, manifest_dot_yaml=manifests)
    assert case.snapshot
    judgement = judge(case.snapshot)
    assert (judgement.cause, judgement.reason) == (cause, reason)


def test_a_recorded_pod_gets_a_service_of_ours(tmp_path: Path) -> None:
    """The pod's state and events are the data set's."""
    text = f'{{"tool": "kubectl"}}\nstdout:\n{made.POD}\nstderr:\n'
    case = convert(tmp_path, kubectl_describe_dot_txt=text)
    assert case.snapshot
    judgement = judge(case.snapshot)
    assert (judgement.cause, judgement.reason) == ("pods-not-ready", "crash-loop")


def test_what_makes_no_url_fail_is_left_out(tmp_path: Path) -> None:
    """A pod of a Job, and manifests of an app that works."""
    job = made.POD.replace("ReplicaSet/orders-5f6c", "Job/orders")
    assert convert(tmp_path / "job", describe_dot_txt=job).left_out == holmes.NO_STATE
    works = convert(tmp_path / "works", manifest_dot_yaml=DEPLOYMENT + SERVICE)
    assert works.snapshot is None
