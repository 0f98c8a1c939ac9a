"""Canaries in a cluster: what the agent reads and must neither send, log nor show.

`PLANTED` lists each place of the Kubernetes API that may have a secret. A whole cycle
of a real agent reads the recorded API with these secrets in it.
"""

import json
import logging
import queue
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from parallax.model.wire import encode
from parallax_agent.cycle import Cycles
from parallax_agent.serving.metrics import Metrics
from tests.agent.conftest import KEY, KubernetesServer
from tests.agent.explain.test_explanation import call
from tests.agent.kubernetes_api import TOKEN
from tests.agent.test_run import (  # noqa: F401 - fixtures
    OWN_POD,
    agent,
    apis,
    cluster,
    cycles,
    hop,
    patient,
    reported,
)


def _pods(server: KubernetesServer) -> None:
    body = server.body("pods")
    for item in body["items"]:
        _meta(item)
        for container in item["spec"].get("containers", ()):
            container["env"] = [{"name": "DB_PASSWORD", "value": "CANARY-pod-env"}]
            container["command"] = ["run", "--token=CANARY-pod-command"]
        item["status"]["message"] = "pull of https://u:CANARY-pod-message@r.example"
        for one in item["status"].get("conditions", ()):
            one["message"] = "Authorization: Bearer CANARY-pod-condition"
    server.replaced["pods"] = body


def _meta(item: dict[str, Any]) -> None:
    noted = item["metadata"].setdefault("annotations", {})
    noted["kubectl.kubernetes.io/last-applied-configuration"] = "CANARY-last-applied"
    noted["example.com/token"] = "CANARY-annotation"
    noted["nginx.ingress.kubernetes.io/auth-secret"] = "CANARY-auth-secret"
    noted["nginx.ingress.kubernetes.io/configuration-snippet"] = (
        'proxy_set_header Authorization "Bearer CANARY-snippet";'
    )
    item["metadata"].setdefault("labels", {})["token"] = "CANARY-label"


def _marked(kind: str) -> Callable[[KubernetesServer], None]:
    def plant(server: KubernetesServer) -> None:
        body = server.body(kind)
        for item in body["items"]:
            _meta(item)
        server.replaced[kind] = body

    return plant


def _config(server: KubernetesServer) -> None:
    body = server.body("ingress-nginx-controller")
    body.setdefault("data", {})["ssl-session-ticket-key"] = "CANARY-ticket-key"
    body["data"]["http-snippet"] = "set $token CANARY-http-snippet;"
    server.replaced["ingress-nginx-controller"] = body


def _events(server: KubernetesServer) -> None:
    pods = server.body("pods")["items"]
    server.replaced["events"] = {
        "items": [
            {
                "metadata": {
                    "name": f"e{number}",
                    "namespace": pod["metadata"]["namespace"],
                },
                "involvedObject": {
                    "kind": "Pod",
                    "name": pod["metadata"]["name"],
                    "namespace": pod["metadata"]["namespace"],
                },
                "type": "Warning",
                "reason": "Failed",
                "message": "GET https://u:CANARY-event-user@r.example/?token=CANARY-event",
                "lastTimestamp": "2026-11-30T12:00:00Z",
            }
            for number, pod in enumerate(pods)
        ]
    }


def _log(server: KubernetesServer) -> None:
    foreign = (
        '10.0.0.9 - u [30/Nov/2026:12:00:00 +0000] "GET /?token=CANARY-log-query'
        ' HTTP/1.1" 200 5 "https://x/?sid=CANARY-log-referer" "CANARY-log-agent" 1 0.1'
        " [p] [] 10.42.0.1:80 5 0.1 200 00000000000000000000000000000000\n"
        "[error] upstream said: Authorization: Bearer CANARY-log-error\n"
    )
    server.logs[OWN_POD].put(foreign.encode())


PLANTED: dict[str, Callable[[KubernetesServer], None]] = {
    "pods: env, command, messages": _pods,
    "services": _marked("services"),
    "ingresses": _marked("ingresses"),
    "nodes": _marked("nodes"),
    "endpointslices": _marked("endpointslices"),
    "namespaces": _marked("namespaces"),
    "the controller's ConfigMap": _config,
    "events": _events,
    "the access log of others": _log,
}
"""Where a secret is planted -> how; each text of one begins with `CANARY`."""
SECRETS = ("CANARY", TOKEN, KEY)


def found_in(*texts: str) -> list[str]:
    """Return each secret in the texts, with what is around it."""
    secret = re.compile("|".join(map(re.escape, SECRETS)))
    return [
        text[max(0, at.start() - 60) : at.end() + 40]
        for text in texts
        for at in secret.finditer(text)
    ]


@pytest.fixture
def output(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> Callable[[], str]:
    """Return what was logged and printed so far, at every level."""
    caplog.set_level(logging.DEBUG)

    def read() -> str:
        printed = capsys.readouterr()
        return str([vars(r) for r in caplog.records]) + printed.out + printed.err

    return read


@pytest.mark.parametrize("where", PLANTED)
def test_no_secret_of_the_cluster_is_sent_or_logged(
    where: str,
    cluster: KubernetesServer,  # noqa: F811 - the fixture
    cycles: Cycles,  # noqa: F811 - the fixture
    output: Callable[[], str],
) -> None:
    """One cycle with every target in alert: the push, its metrics and the log."""
    PLANTED[where](cluster)
    push = reported(cycles)
    assert push.reports[0].reading
    metrics = Metrics(lambda: 0, lambda: 0)
    metrics.update({report.target: report.probes for report in push.reports})
    served = generate_latest(metrics.registry).decode()
    assert found_in(json.dumps(encode(push)), served, output()) == []


def test_explain_shows_no_secret_of_the_cluster(
    kubernetes_api: KubernetesServer, tmp_path: Path
) -> None:
    """In the text and in the JSON, with everything planted at once."""
    for plant in PLANTED.values():
        kubernetes_api.logs.setdefault(OWN_POD, queue.Queue())
        plant(kubernetes_api)
    for more in ((), ("--json",)):
        done = call(kubernetes_api, tmp_path, "platform-api.keybuzz.io", *more)
        assert done.returncode == 0, done.stderr
        assert found_in(done.stdout, done.stderr) == []
