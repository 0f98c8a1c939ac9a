"""Traces: off by default, without a permission; then of every function.

A listener on loopback stands in for the X-Ray daemon, which Lambda runs.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from parallax.journal.dynamodb import DynamoJournal
from tests.conftest import Cloud
from tests.functions.diagnose.test_app import record, run
from tests.functions.ingest.test_app import KEY, event, push
from tests.functions.template import FUNCTIONS, ROOT, TEMPLATE
from tests.functions.test_logs import CONTEXT, SCRAPE

XRAY = "AWSXrayWriteOnlyAccess"
"""The managed policy that SAM adds for traces."""


def translated(tracing: str) -> Any:
    """Return what SAM makes of the template with this value of the parameter."""
    done = subprocess.run(  # noqa: S603 - our own module, in SAM's environment
        [
            ROOT / ".tools/sam/bin/python",
            ROOT / "tests/functions/sam_tracing.py",
            tracing,
        ],
        cwd=ROOT,
        env=os.environ | {"AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_without_tracing_no_function_may_write_traces() -> None:
    """And Lambda records none."""
    assert TEMPLATE["Parameters"]["Tracing"]["Default"] == "Disabled"
    made = translated("Disabled")
    assert made["modes"] == dict.fromkeys(FUNCTIONS)
    assert not any(XRAY in json.dumps(given) for given in made["policies"].values())


def test_with_tracing_every_function_is_traced() -> None:
    """Each role has the permission that it needs for that."""
    made = translated("Active")
    assert made["modes"] == {f: {"Mode": {"Ref": "Tracing"}} for f in FUNCTIONS}
    for function in FUNCTIONS:
        assert XRAY in json.dumps(made["policies"][f"{function}Role"])


@pytest.mark.parametrize("traced", [True, False])
def test_a_line_of_the_log_leads_to_its_trace(
    load: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    traced: bool,
) -> None:
    """Lambda sets the variable for each traced invocation."""
    root = "1-5759e988-bd862e3fe1be46a994272793"
    if traced:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={root};Parent=53995;Sampled=1")
    app = load("exporter")
    app.log.info("a line")
    app.handler(SCRAPE, CONTEXT)
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert line.get("xray_trace_id") == (root if traced else None)


ROOT_ID, PARENT = "1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8"
LAMBDA = {
    "AWS_LAMBDA_FUNCTION_NAME": "f",
    "LAMBDA_TASK_ROOT": "/var/task",
    "_X_AMZN_TRACE_ID": f"Root={ROOT_ID};Parent={PARENT};Sampled=1",
}
"""What Lambda sets for an invocation that it traces."""


@pytest.fixture
def daemon() -> Iterator[socket.socket]:
    """Listen where the daemon would."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0)
        yield listener


def received(daemon: socket.socket) -> list[dict[str, Any]]:
    """Return the segments that a process has sent, which has ended."""
    found: list[dict[str, Any]] = []
    while True:
        try:
            head, _, body = daemon.recv(65_535).partition(b"\n")
        except BlockingIOError:
            return found
        assert json.loads(head) == {"format": "json", "version": 1}
        found.append(json.loads(body))


def invoke(
    step: str, given: Any, daemon: socket.socket | int, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Invoke a function in its own process, with tracing on unless it is set."""
    port = daemon if isinstance(daemon, int) else daemon.getsockname()[1]
    places = {f"PARALLAX_{name}": value for name, value in settings.items()}
    return subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.functions.one_invocation", step],
        cwd=ROOT,
        env=os.environ
        | LAMBDA
        | {
            "PARALLAX_TRACING": "Active",
            "POWERTOOLS_SERVICE_NAME": step,
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{port}",
        }
        | places,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def ingest(cloud: Cloud) -> dict[str, str]:
    """Give the places of an ingest that accepts a push."""
    name = f"{cloud.journal}-key"
    cloud.client("secretsmanager").create_secret(
        Name=name, SecretString=json.dumps({"agent_key": KEY})
    )
    return {"JOURNAL_TABLE": cloud.journal, "AGENT_KEY_ARN": name}


def test_a_push_is_a_segment_with_its_cluster_and_its_calls_to_aws(
    daemon: socket.socket, ingest: dict[str, str]
) -> None:
    """All belong to Lambda's trace. X-Ray finds it by cluster, node and cold start."""
    done = invoke("ingest", event(push()), daemon, **ingest)
    assert '"statusCode": 202' in done.stdout
    parts = received(daemon)
    assert {part["trace_id"] for part in parts} == {ROOT_ID}
    (handler,) = (part for part in parts if part["name"] == "## handler")
    assert handler["parent_id"] == PARENT
    assert handler["annotations"] == {
        "ColdStart": True,
        "Service": "ingest",
        "cluster": "c",
        "node": "n",
    }
    calls = {
        (part["name"], part["aws"]["operation"]) for part in parts if "aws" in part
    }
    assert {("dynamodb", "PutItem"), ("secretsmanager", "GetSecretValue")} <= calls
    tables = {part.get("aws", {}).get("table_name") for part in parts}
    assert ingest["JOURNAL_TABLE"] in tables
    ours = [part for part in parts if part is not handler]
    assert {part["parent_id"] for part in ours} == {handler["id"]}


def test_each_judged_target_is_a_part_of_the_invocation(
    daemon: socket.socket, cloud: Cloud, tmp_path: Path
) -> None:
    """With its name, and what was read for it."""
    observed = run("front", 30)
    DynamoJournal(cloud.journal).record(observed)
    file = tmp_path / "targets.yaml"
    file.write_text("targets: [{name: front, url: 'https://front.example/'}]")
    done = invoke(
        "diagnose",
        {"Records": [record(observed)]},
        daemon,
        TARGETS=str(file),
        JOURNAL_TABLE=cloud.journal,
        INCIDENTS_TABLE=cloud.incidents,
    )
    assert '"batchItemFailures": []' in done.stdout, done.stderr
    parts = received(daemon)
    (handler,) = (part for part in parts if part["name"] == "## handler")
    (judged,) = (part for part in parts if part["name"] == "## judge")
    assert judged["annotations"] == {"target": "front"}
    assert judged["parent_id"] == handler["id"]
    inside = {p["aws"]["operation"] for p in parts if p["parent_id"] == judged["id"]}
    assert {"Query", "GetItem"} <= inside


def test_nothing_is_sent_while_tracing_is_off(
    daemon: socket.socket, ingest: dict[str, str]
) -> None:
    """The parameter's default. Lambda may trace all the same, e.g. for its caller."""
    done = invoke("ingest", event(push()), daemon, **ingest, TRACING="Disabled")
    assert '"statusCode": 202' in done.stdout
    assert received(daemon) == []


@pytest.mark.parametrize("header", ["", f"Root={ROOT_ID};Parent={PARENT};Sampled=0"])
def test_an_invocation_that_lambda_does_not_trace_sends_and_logs_nothing(
    daemon: socket.socket,
    ingest: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    header: str,
) -> None:
    """No context is missing: there is nothing to trace."""
    monkeypatch.setitem(LAMBDA, "_X_AMZN_TRACE_ID", header)
    done = invoke("ingest", event(push()), daemon, **ingest)
    (response,) = done.stdout.splitlines()
    assert '"statusCode": 202' in response
    assert (done.stderr, received(daemon)) == ("", [])


@pytest.mark.parametrize("address", ["127.0.0.1:9", "no-such-host.invalid:1", "x"])
def test_a_daemon_that_is_not_there_changes_nothing(
    ingest: dict[str, str], monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """The push is stored, and no line is logged, but for an address that is none."""
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", address)
    places = {f"PARALLAX_{name}": value for name, value in ingest.items()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.functions.one_invocation", "ingest"],
        cwd=ROOT,
        env=os.environ | LAMBDA | places | {"PARALLAX_TRACING": "Active"},
        input=json.dumps(event(push())),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    *log, response = done.stdout.splitlines()
    assert '"statusCode": 202' in response
    assert done.stderr == ""
    assert ["invocations are not traced" in line for line in log] == (
        [True] if address == "x" else []
    )


CANARIES = ("CANARY", KEY, "whsec_")


def test_no_secret_of_a_request_is_in_a_segment(
    daemon: socket.socket, ingest: dict[str, str]
) -> None:
    """Neither of a push that is accepted, nor of one that is refused."""
    forged = event(push(), "whsec_" + "Zm9yZ2Vk" * 4)
    forged["headers"] |= {"cookie": "a=CANARY", "authorization": "Bearer CANARY"}
    forged["rawQueryString"] = "token=CANARY"
    good = event(push())
    good["headers"] |= forged["headers"] | good["headers"]
    for one in (forged, good, event(b"{CANARY", KEY)):
        assert invoke("ingest", one, daemon, **ingest).returncode == 0
    parts = received(daemon)
    assert len(parts) > 3
    assert not any(canary in json.dumps(parts) for canary in CANARIES)


def test_of_an_error_only_the_type_is_in_a_segment(
    daemon: socket.socket, cloud: Cloud, tmp_path: Path
) -> None:
    """Its text may repeat what was sent: of a handler, and of AWS."""
    file = tmp_path / "targets.yaml"
    file.write_text("targets: [{name: CANARY, url: 'https://u:CANARY@x/', CANARY: 1}]")
    done = invoke("diagnose", {}, daemon, TARGETS=str(file))
    assert done.returncode == 1
    assert "CANARY" in done.stderr
    missing = {"JOURNAL_TABLE": cloud.journal, "AGENT_KEY_ARN": "CANARY-arn"}
    assert (
        '"statusCode": 503' in invoke("ingest", event(push()), daemon, **missing).stdout
    )
    parts = received(daemon)
    assert "CANARY" not in json.dumps(parts)
    types = {
        error["type"]
        for part in parts
        if "cause" in part
        for error in part["cause"]["exceptions"]
    }
    assert types == {"TargetsError", "ResourceNotFoundException"}
    assert all("message" not in json.dumps(part) for part in parts)
