"""The agent's image in a real container: no root user, no writes, no shell."""

import json
import os
import time
import uuid
from collections.abc import Iterator
from http.client import HTTPConnection
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from parallax import __version__
from tests.agent.conftest import IngestServer
from tests.agent.container.running import IMAGE, LIMIT, PYTHON, Container, docker, run

AGAIN = "push failed"
pytestmark = [pytest.mark.container, pytest.mark.usefixtures("_image")]


@pytest.fixture(scope="module")
def _image() -> None:
    """Require the image; skip without it, but fail in CI."""
    try:
        missing = docker("image", "inspect", IMAGE).returncode != 0
    except FileNotFoundError:
        missing = True
    if missing:
        leave = pytest.fail if os.environ.get("CI") else pytest.skip
        leave(f"no Docker engine with {IMAGE}: `make container` sees to both")


@pytest.fixture
def listen() -> str:
    """Return a loopback address of this test's own, so that its port is free."""
    return f"{IPv4Address(uuid.uuid4().int % (2**24 - 4) + 2 + (127 << 24))}:9815"


@pytest.fixture
def container(
    environment: dict[str, str], ingest: IngestServer, listen: str
) -> Iterator[Container]:
    """Run the agent on the host's network, as its pods do; `ingest` starts busy."""
    ingest.answers = [503] * 3
    settings = environment | {
        "PARALLAX_AGENT_LISTEN": listen,
        # One cycle only: what the end sends was left from it.
        "PARALLAX_AGENT_INTERVAL": "3600",
    }
    del settings["PATH"]
    files = [Path(v) for v in settings.values() if v.startswith("/")]
    with Container(settings, files, "--network", "host") as started:
        yield started


def ask(place: str, path: str) -> int:
    """Send the request of a kubelet's probe."""
    connection = HTTPConnection(place, timeout=LIMIT)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_without_settings_it_names_each() -> None:
    """Exit code 2, and one log line for each missing variable."""
    with Container({}, (), "--network", "none") as container:
        assert container.exit_code() == 2
        named = {line["problem"].partition(":")[0] for line in container.log}
    assert named == {
        "PARALLAX_AGENT_NODE",
        "PARALLAX_AGENT_CLUSTER",
        "PARALLAX_AGENT_KEY_FILE",
        "PARALLAX_INGEST_URL",
    }


def test_the_agent_has_no_privileges(container: Container) -> None:
    """The kernel reports uid 65532 and no capabilities."""
    container.wait_for("agent started")
    status = container.status()
    assert status["Uid"].split() == ["65532"] * 4
    assert status["Gid"].split() == ["65532"] * 4
    assert {int(status[f"Cap{which}"], 16) for which in ("Eff", "Prm", "Bnd")} == {0}
    assert status["NoNewPrivs"] == "1"


def test_it_becomes_ready_pushes_and_drains(
    ingest: IngestServer, container: Container, listen: str
) -> None:
    """A push that a busy ingest rejected is sent after SIGTERM; exit code 0."""
    for _ in range(3):
        container.wait_for(AGAIN)
    assert not [line for line in container.log if "could not start" in line["message"]]
    assert ask(listen, "/livez") == 200
    deadline = time.monotonic() + LIMIT
    while ask(listen, "/readyz") != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    container.terminate()
    assert container.exit_code() == 0
    first, last = container.log[0], container.log[-1]
    assert (first["message"], first["node"]) == ("agent started", "worker-01")
    assert (last["message"], last["unsent"]) == ("agent stopped", 0)
    assert ingest.taken.get_nowait().node == "worker-01"


def test_it_can_write_nothing_but_its_tmp() -> None:
    """Neither its own code nor the root can be changed; /tmp can."""
    tried = """if True:
        import errno
        def write(place):
            try:
                open(place, "w").close()
            except OSError as error:
                return errno.errorcode[error.errno]
            return "written"
        print(*map(write, ("/agent/x", "/x", "/tmp/x")))
    """
    done = run("-c", tried, entrypoint=PYTHON)
    assert done.stdout.split() == ["EROFS", "EROFS", "written"], done.stderr


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_no_shell_is_needed(shell: str) -> None:
    """The shells are removed in all of these tests."""
    assert run("-c", "true", entrypoint=shell).returncode == 126


def test_the_image_defines_how_it_runs() -> None:
    """The entrypoint is Python itself; the user is a number, for `runAsNonRoot`."""
    shown = docker("image", "inspect", IMAGE, check=True).stdout
    config = json.loads(shown)[0]["Config"]
    assert config["Entrypoint"] == [PYTHON, "-m", "parallax_agent"]
    assert (config["User"], config["Cmd"]) == ("65532:65532", None)


def test_the_image_states_version_and_license() -> None:
    """Its label is the package's version; the text of the license is in it."""
    shown = docker("image", "inspect", IMAGE, check=True).stdout
    labels = json.loads(shown)[0]["Config"]["Labels"]
    assert labels["org.opencontainers.image.version"] == __version__
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    read = "print(open('/agent/LICENSE').read())"
    assert "Apache License" in run("-c", read, entrypoint=PYTHON).stdout
