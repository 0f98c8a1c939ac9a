"""One lab of each case for all tests, used from inside its namespace."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.case import CASES, DEFAULT, Case, load
from lab.stage import namespace
from lab.world.control import send_command

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """An HTTP response as curl got it, header names as sent."""

    code: int
    reason: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Up:
    """A lab that is up; runs commands inside it."""

    case: Case
    folder: Path
    first: int

    def run(self, *words: str) -> str:
        """Run a command inside and return its output, whatever its status."""
        return self._ran(words).stdout

    def _ran(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - the lab, by a list of our own
            namespace.join_command(self.first, list(words)),
            env=os.environ | {"CURL_CA_BUNDLE": str(self.folder / "ca.pem")},
            capture_output=True,
            text=True,
            check=False,
        )

    def python(self, code: str) -> str:
        """Run Python inside, with FOLDER set, and return its output."""
        script = f"FOLDER = {str(self.folder)!r}\n{code}"
        done = self._ran([sys.executable, "-c", script])
        assert done.returncode == 0, done.stderr
        return done.stdout

    def get(self, url: str, *options: str) -> Answer:
        """Request over HTTP/1.1; a code of 0 means no response."""
        words = ["curl", "--http1.1", "-sik", "--max-time", "12", *options, url]
        head, _, body = self.run(*words).partition("\n\n")
        first, *lines = head.splitlines() or ["HTTP/1.1 0 "]
        found = re.match(r"HTTP/1.1 (\d+) ?(.*)", first)
        assert found, head
        headers = dict(line.split(": ", 1) for line in lines if ": " in line)
        return Answer(int(found[1]), found[2], headers, body)

    def public(self, role: str) -> Answer:
        """Request an app's public URL, with its certificate checked."""
        app = self.case.app(role)
        return self.get(f"https://{app.host}{app.path}")

    def all_public(self, *options: str) -> dict[str, Answer]:
        """Request every app's public URL in parallel; role -> response."""
        urls = {a.role: f"https://{a.host}{a.path}" for a in self.case.apps}
        with ThreadPoolExecutor() as pool:
            asked = {r: pool.submit(self.get, u, *options) for r, u in urls.items()}
        return {role: answer.result() for role, answer in asked.items()}

    def inside_codes(self, *options: str) -> set[int]:
        """Return the distinct status codes of every host at one ingress NodePort."""
        node = self.case.nodes[1].address
        url = f"http://{node}:{self.case.ingress.node_ports[0]}/"
        hosts = [f"Host: {app.host}" for app in self.case.apps]
        with ThreadPoolExecutor() as pool:
            asked = [pool.submit(self.get, url, "-H", h, *options) for h in hosts]
        return {answer.result().code for answer in asked}

    def inject(self, fault: str) -> None:
        """Inject a fault, over the same socket as `python -m lab inject`."""
        send_command(self.folder, "inject", fault)

    def clear(self) -> None:
        """Clear the fault."""
        send_command(self.folder, "clear")


def command(*words: str) -> list[str]:
    """Return a command line of the lab."""
    return [sys.executable, "-m", "lab", *words]


@contextmanager
def kept_up(case: Path) -> Generator[Up]:
    """Keep a lab of a case up."""
    with tempfile.TemporaryDirectory(prefix="lab") as place:
        folder = Path(place) / "run"
        words = ["--folder", str(folder)]
        start = command("up", "--case", str(case), *words)
        subprocess.run(start, cwd=ROOT, check=True)  # noqa: S603 - our own
        pid = int((folder / "unshare.pid").read_text())
        try:
            yield Up(load(case), folder, namespace.first_process(pid))
        finally:
            subprocess.run(command("down", *words), cwd=ROOT, check=True)  # noqa: S603 - our own


@pytest.fixture(scope="session")
def up() -> Iterator[Up]:
    """Keep one lab up for all tests of the session."""
    with kept_up(DEFAULT) as lab:
        yield lab


@pytest.fixture(scope="session")
def shop_up() -> Iterator[Up]:
    """Keep a lab of the other case up for all tests that compare."""
    with kept_up(CASES / "bookshop.yaml") as lab:
        yield lab


@pytest.fixture(scope="session")
def k3s_up() -> Iterator[Up]:
    """Keep a lab of two nodes with Traefik up."""
    with kept_up(CASES / "k3s.yaml") as lab:
        yield lab


@pytest.fixture(scope="session")
def local_up() -> Iterator[Up]:
    """Keep a lab with policy Local and few ingress replicas up."""
    with kept_up(CASES / "local.yaml") as lab:
        yield lab


@pytest.fixture(scope="session")
def haproxy_up() -> Iterator[Up]:
    """Keep a lab with HAProxy as ingress and a kept balancer up."""
    with kept_up(CASES / "haproxy.yaml") as lab:
        yield lab


@pytest.fixture(scope="session")
def hostport_up() -> Iterator[Up]:
    """Keep a lab up whose ingress has ports of the nodes."""
    with kept_up(CASES / "hostport.yaml") as lab:
        yield lab


@pytest.fixture
def well(up: Up) -> Iterator[Up]:
    """Yield the lab, and reset it afterwards."""
    yield up
    up.clear()


@pytest.fixture
def shop(shop_up: Up) -> Iterator[Up]:
    """Yield the other case's lab, and reset it afterwards."""
    yield shop_up
    shop_up.clear()


@pytest.fixture
def k3s(k3s_up: Up) -> Iterator[Up]:
    """Yield the lab with Traefik, and reset it afterwards."""
    yield k3s_up
    k3s_up.clear()


@pytest.fixture
def local(local_up: Up) -> Iterator[Up]:
    """Yield the lab with policy Local, and reset it afterwards."""
    yield local_up
    local_up.clear()


@pytest.fixture
def haproxy(haproxy_up: Up) -> Iterator[Up]:
    """Yield the lab with HAProxy, and reset it afterwards."""
    yield haproxy_up
    haproxy_up.clear()


@pytest.fixture
def hostport(hostport_up: Up) -> Iterator[Up]:
    """Yield the lab with host ports, and reset it afterwards."""
    yield hostport_up
    hostport_up.clear()


@pytest.fixture(params=["well", "shop"])
def lab(request: pytest.FixtureRequest) -> Up:
    """Return the lab of one case, then that of the other."""
    return request.getfixturevalue(request.param)
