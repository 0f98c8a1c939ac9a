"""The real process: start, SIGTERM, wrong settings."""

import json
import signal
import subprocess
import sys

import pytest

from parallax_agent.__main__ import prepare
from parallax_agent.settings import SettingsError
from tests.agent.conftest import IngestServer


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    """Start the agent as the container does."""
    return subprocess.Popen(
        [sys.executable, "-m", "parallax_agent"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_sigterm_drains(environment: dict[str, str], ingest: IngestServer) -> None:
    """A push that a busy ingest rejected is sent before the process ends."""
    ingest.answers = [503]
    process = start(environment)
    try:
        first = ingest.taken.get(timeout=60)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, out + err
    assert err == ""
    lines = [json.loads(line) for line in out.splitlines()]
    assert (lines[0]["message"], lines[0]["node"]) == ("agent started", "worker-01")
    assert (lines[-1]["message"], lines[-1]["unsent"]) == ("agent stopped", 0)
    assert {line["service"] for line in lines} == {"agent"}
    assert first.node == "worker-01"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PARALLAX_AGENT_NODE", "", "PARALLAX_AGENT_NODE: not set; expected the name"),
        ("PARALLAX_AGENT_CLUSTER", "x", "PARALLAX_AGENT_CLUSTER: no target in"),
        ("PARALLAX_AGENT_KEY_FILE", "/none", "PARALLAX_AGENT_KEY_FILE: /none:"),
        ("PARALLAX_TARGETS", "/none.yaml", "PARALLAX_TARGETS: /none.yaml:"),
        ("KUBECONFIG", "/none", "KUBECONFIG: "),
    ],
)
def test_an_unusable_environment_is_named(
    environment: dict[str, str],
    name: str,
    value: str,
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error begins with the variable."""
    for key, good in environment.items():
        monkeypatch.setenv(key, good)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        prepare()
    assert str(raised.value).startswith(expected)


def test_an_unusable_environment_ends_the_process(environment: dict[str, str]) -> None:
    """Exit code 2, and one line of the log for each problem."""
    process = start(environment | {"PARALLAX_AGENT_NODE": "", "KUBECONFIG": "/none"})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, "")
    (line,) = map(json.loads, out.splitlines())
    assert (line["level"], line["message"]) == ("ERROR", "agent could not start")
    assert line["problem"].startswith("PARALLAX_AGENT_NODE: not set; expected")
