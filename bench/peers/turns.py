"""Turns: the clients probe one server in turn, round after round.

In: a server, and the clients that this machine has. Out: samples of CPU time and of
the totals that the clients report. It does not: run two clients at the same time.
"""

import os
import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.peers.child import Obedient, cpu_seconds, obeying
from bench.peers.client import WAYS
from bench.peers.exporter import Exporter, exporting
from bench.peers.sample import Sample, percentile
from bench.peers.server import Server, serving

ROUNDS, PROBES, CURLS = 12, 120, 12
SPACED, SPACED_ROUNDS, SPACING = 64, 6, 0.003
"""Probes of a round of the product, and the seconds between their starts."""
LONE, PAUSE = 60, 0.03
"""Single probes, and the seconds before each: every cache but the disk's has cooled."""
CPU, TOTAL = "ms CPU", "ms"


@dataclass(slots=True)
class Measured:
    """The samples by client; a client that is not installed has none."""

    cpu: dict[str, Sample] = field(default_factory=dict[str, Sample])
    spaced_cpu: dict[str, Sample] = field(default_factory=dict[str, Sample])
    lone: dict[str, Sample] = field(default_factory=dict[str, Sample])
    lone_tls: dict[str, Sample] = field(default_factory=dict[str, Sample])
    spaced: dict[str, Sample] = field(default_factory=dict[str, Sample])
    spaced_tls_p95: dict[str, Sample] = field(default_factory=dict[str, Sample])


@dataclass(frozen=True, slots=True)
class Clients:
    """The running clients; each call returns CPU seconds and what each probe took."""

    server: Server
    obedient: dict[str, Obedient]
    exporter: Exporter | None
    curl: str | None

    @property
    def timed(self) -> tuple[str, ...]:
        """The clients that report a total."""
        return ("parallax", *(["blackbox_exporter"] if self.exporter else []))

    def run(self, name: str, count: int) -> tuple[float, list[dict[str, float]]]:
        """Send probes one after the other."""
        if name == "blackbox_exporter" and self.exporter:
            return self.exporter.one_by_one(count)
        answer = self.obedient[name].ask(count)
        return answer["cpu"], answer["probes"]

    def run_spaced(self, name: str) -> tuple[float, list[dict[str, float]]]:
        """Start the probes of one round of the product."""
        if name == "blackbox_exporter" and self.exporter:
            return self.exporter.spaced(SPACED, SPACING)
        answer = self.obedient[name].ask(f"{SPACING} {SPACED}")
        return answer["cpu"], answer["probes"]

    def run_curl(self, count: int) -> float:
        """Start curl once for each probe, and return its CPU seconds."""
        authority = str(self.server.authority)
        words = [self.curl or "curl", "-sf", "-o", os.devnull, "--cacert", authority]
        command = [*words, self.server.url]
        return sum(cpu_seconds(command) for _ in range(count))


def measure() -> Measured:
    """Start server and clients, and let them take turns."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        server = stack.enter_context(serving(folder))
        where = (server.url, str(server.authority))
        obedient = {
            way: stack.enter_context(obeying("bench.peers.client", way, *where))
            for way in WAYS
        }
        exporter = stack.enter_context(exporting(folder, server))
        clients = Clients(server, obedient, exporter, shutil.which("curl"))
        measured = Measured(cpu=one_by_one(clients))
        spaced(clients, measured)
        lone(clients, measured)
        return measured


def one_by_one(clients: Clients) -> dict[str, Sample]:
    """Return the CPU time of a probe in each client, one sample for each round."""
    names = [*clients.obedient, *clients.timed[1:]]
    spent: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name in names:
            spent[name].append(clients.run(name, PROBES)[0] / PROBES * 1000)
        if clients.curl:
            seconds = clients.run_curl(CURLS)
            spent.setdefault("curl", []).append(seconds / CURLS * 1000)
    return {name: Sample(name, CPU, tuple(found)) for name, found in spent.items()}


def spaced(clients: Clients, measured: Measured) -> None:
    """Measure rounds of probes that overlap, as the function sends them."""
    kinds: dict[str, dict[str, list[float]]] = {}
    for _ in range(SPACED_ROUNDS):
        for name in clients.timed:
            cpu, probes = clients.run_spaced(name)
            found = kinds.setdefault(name, {"cpu": [], "total": [], "tls": []})
            found["cpu"].append(cpu / SPACED * 1000)
            found["total"].append(median(p["total"] for p in probes) * 1000)
            tls = [p["tls"] * 1000 for p in probes]
            found["tls"].append(percentile(tls, 0.95))
    for name, found in kinds.items():
        measured.spaced_cpu[name] = Sample(name, CPU, tuple(found["cpu"]))
        measured.spaced[name] = Sample(name, TOTAL, tuple(found["total"]))
        measured.spaced_tls_p95[name] = Sample(name, TOTAL, tuple(found["tls"]))


def lone(clients: Clients, measured: Measured) -> None:
    """Measure single probes with a pause before each, the clients in turn."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in clients.timed}
    for _ in range(LONE):
        for name in clients.timed:
            time.sleep(PAUSE)
            found[name] += clients.run(name, 1)[1]
    for name, probes in found.items():
        totals = tuple(p["total"] * 1000 for p in probes)
        handshakes = tuple(p["tls"] * 1000 for p in probes)
        measured.lone[name] = Sample(name, TOTAL, totals)
        measured.lone_tls[name] = Sample(name, TOTAL, handshakes)
