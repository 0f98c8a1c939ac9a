"""Agent: memory and processor of one agent in a large cluster.

In: the platform of this bench, as a process of its own. Out: figures of the agent's
own process, as the kernel counts them, and of a follower at volume.
It does not: count the cost of the server or of this process.
"""

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import yaml

from bench.speed import cluster
from bench.speed.figure import Figure
from bench.speed.platform import LINES_A_SECOND, LOG_SECONDS, OURS_IN, TOKEN
from lab.stage.kubeconfig import write_kubeconfig
from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings.follower import Follower
from parallax_agent.watch.connection import connect

SECONDS = 60.0
"""How long each state is measured."""
MOST_MEGABYTES, MOST_PROCESSOR, MOST_ALERT, MOST_HEARING = 100.0, 1.0, 5.0, 30.0
PATIENCE_SECONDS = 120.0
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Used:
    """What a process has used so far."""

    processor_seconds: float
    peak_megabytes: float


def used(pid: int) -> Used:
    """Read what the kernel counted for a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    peak = next(x for x in status.splitlines() if x.startswith("VmHWM:"))
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    user, system = stat.rpartition(")")[2].split()[11:13]
    ticks = int(user) + int(system)
    return Used(ticks / os.sysconf("SC_CLK_TCK"), int(peak.split()[1]) / 1024)


def measure(seconds: float = SECONDS) -> list[Figure]:
    """Measure all figures of the agent."""
    with TemporaryDirectory() as folder, platform() as ports:
        return [
            *_large_cluster(Path(folder), ports, seconds),
            _hearing(Path(folder), ports),
        ]


@contextmanager
def platform() -> Generator[dict[str, int]]:
    """Run the platform and yield its ports."""
    words = [sys.executable, "-m", "bench.speed.platform"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as run:  # noqa: S603 - our own words
        try:
            yield json.loads(next(iter(run.stdout or "")))
        finally:
            run.kill()


def _large_cluster(folder: Path, ports: dict[str, int], seconds: float) -> list[Figure]:
    words = [sys.executable, "-m", "parallax_agent"]
    environment = _environment(folder, ports)
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as agent:  # noqa: S603 - our own words
        try:
            _until_pushes(ports["ingest"], 1)
            first = used(agent.pid)
            steady = _share(agent.pid, seconds)
            _request_reports(ports["ingest"])
            alert = _share(agent.pid, seconds)
            last = used(agent.pid)
        finally:
            agent.kill()
    return [
        Figure("agent, peak memory", last.peak_megabytes, "MB", MOST_MEGABYTES),
        Figure("agent, all targets healthy", steady, "% of a core", MOST_PROCESSOR),
        Figure("agent, all targets in alert", alert, "% of a core", MOST_ALERT),
        Figure("agent, start and first cycle", first.processor_seconds, "s of a core"),
    ]


def _share(pid: int, seconds: float) -> float:
    """Return the percentage of a core that a process uses for some seconds."""
    before, began = used(pid), time.monotonic()
    time.sleep(seconds)
    spent = used(pid).processor_seconds - before.processor_seconds
    return spent / (time.monotonic() - began) * 100


def _request_reports(port: int) -> None:
    """Let `ingest` request reports of every target, and wait until they come."""
    names = [f"app-{number}" for number in range(len(cluster.NAMESPACES))]
    httpx.put(f"http://127.0.0.1:{port}/alert", json=names).raise_for_status()
    _until_pushes(port, _pushes(port) + 2)


def _hearing(folder: Path, ports: dict[str, int]) -> Figure:
    """Follow a busy log in this process, which does nothing else meanwhile."""
    file = folder / "log-kubeconfig"
    write_kubeconfig(file, f"http://127.0.0.1:{ports['log']}", TOKEN)
    expected = LINES_A_SECOND * LOG_SECONDS // OURS_IN
    with closing(connect(file)) as apis:
        pod = IngressPod(namespace=cluster.INGRESS, name="busy")
        follower = Follower(apis, pod, "node-000")
        before = time.process_time()
        follower.start()
        found, end = 0, time.monotonic() + PATIENCE_SECONDS
        while found < expected and time.monotonic() < end:
            time.sleep(0.5)
            found += len(follower.take().sightings)
        spent = time.process_time() - before
        follower.stop()
    if found != expected:
        raise RuntimeError(f"{found} of {expected} lines of ours were found")
    name = f"agent, {LINES_A_SECOND} log lines a second"
    return Figure(name, spent / LOG_SECONDS * 100, "% of a core", MOST_HEARING)


def _pushes(port: int) -> int:
    """Return how many pushes arrived so far."""
    return int(httpx.get(f"http://127.0.0.1:{port}/count").text)


def _until_pushes(port: int, count: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if _pushes(port) >= count:
            return
        time.sleep(0.1)
    raise RuntimeError("the agent pushed nothing")


def _environment(folder: Path, ports: dict[str, int]) -> Mapping[str, str]:
    targets = [
        {
            "name": f"app-{number}",
            "url": f"https://{cluster.host(number)}/",
            "reached": {"cluster": "bench", "namespace": namespace},
        }
        for number, namespace in enumerate(cluster.NAMESPACES)
    ]
    (folder / "targets.yaml").write_text(yaml.safe_dump({"targets": targets}))
    key = base64.b64encode(b"a key of the bench, 32 bytes long").decode()
    (folder / "key").write_text(f"whsec_{key}\n")
    write_kubeconfig(folder / "kubeconfig", f"http://127.0.0.1:{ports['api']}", TOKEN)
    own = {
        "PARALLAX_AGENT_NODE": "node-000",
        "PARALLAX_AGENT_CLUSTER": "bench",
        "PARALLAX_AGENT_KEY_FILE": str(folder / "key"),
        "PARALLAX_INGEST_URL": f"http://127.0.0.1:{ports['ingest']}/",
        "PARALLAX_TARGETS": str(folder / "targets.yaml"),
        "KUBECONFIG": str(folder / "kubeconfig"),
        # As the image sets it.
        "MALLOC_ARENA_MAX": "2",
    }
    return os.environ | own
