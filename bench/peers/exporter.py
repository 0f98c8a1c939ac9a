"""Exporter: blackbox_exporter as a client, one probe for each request to it.

In: a server. Out: the CPU seconds of its process, and the totals that it reports.
It does not: install it; `bench.peers.install` does.
"""

import http.client
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from bench.peers.server import Server, free_port, until_open

PROGRAM = "prometheus-blackbox-exporter"
CONFIG = """\
modules:
  page:
    prober: http
    timeout: 10s
    http:
      preferred_ip_protocol: ip4
"""
_TLS = 'probe_http_duration_seconds{phase="tls"}'
_METRIC = re.compile(r"^([^# ]+) (\S+)$", re.MULTILINE)


@dataclass(slots=True)
class Exporter:
    """A running exporter."""

    pid: int
    port: int
    url: str

    def cpu_seconds(self) -> float:
        """Return the CPU time of its process, all threads, in nanosecond steps.

        Source: Linux, include/linux/posix-timers_types.h: the clock of a process is
        the complement of its id, shifted by three, with CPUCLOCK_SCHED (2).
        """
        return time.clock_gettime((~self.pid << 3) | 2)

    def opened(self) -> http.client.HTTPConnection:
        """Return a connection that it has accepted: no probe pays for that."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", "/-/healthy")
        connection.getresponse().read()
        return connection

    def probe(self, connection: http.client.HTTPConnection) -> dict[str, float]:
        """Request one probe and return the seconds that it reports."""
        target = quote(self.url, safe="")
        connection.request("GET", f"/probe?module=page&target={target}")
        text = connection.getresponse().read().decode()
        return reported(text)

    def one_by_one(self, count: int) -> tuple[float, list[dict[str, float]]]:
        """Request probes one after the other; return CPU seconds and totals."""
        connection = self.opened()
        before = self.cpu_seconds()
        found = [self.probe(connection) for _ in range(count)]
        spent = self.cpu_seconds() - before
        connection.close()
        return spent, found

    def spaced(
        self, count: int, spacing: float
    ) -> tuple[float, list[dict[str, float]]]:
        """Request probes at a distance of some seconds; they run at the same time."""
        connections = [self.opened() for _ in range(count)]
        before = self.cpu_seconds()
        with ThreadPoolExecutor(count) as pool:
            running: list[Future[dict[str, float]]] = []
            for connection in connections:
                running.append(pool.submit(self.probe, connection))
                time.sleep(spacing)
            found = [future.result() for future in running]
        spent = self.cpu_seconds() - before
        for connection in connections:
            connection.close()
        return spent, found


def reported(text: str) -> dict[str, float]:
    """Return the seconds in the exporter's metrics; raises if the probe failed."""
    values = {name: float(value) for name, value in _METRIC.findall(text)}
    if values.get("probe_success") != 1:
        raise RuntimeError(f"blackbox_exporter failed: {text[-500:]}")
    return {"total": values["probe_duration_seconds"], "tls": values.get(_TLS, 0.0)}


@contextmanager
def exporting(folder: Path, server: Server) -> Iterator[Exporter | None]:
    """Run the exporter until the block ends; None if it is not installed."""
    program = shutil.which(PROGRAM)
    if program is None:
        yield None
        return
    config, port = folder / "blackbox.yml", free_port()
    config.write_text(CONFIG)
    words = [
        program,
        f"--config.file={config}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    # A `ca_file` in its configuration would be read again for each probe.
    trusting = os.environ | {"SSL_CERT_FILE": str(server.authority)}
    with subprocess.Popen(  # noqa: S603 - our own words
        words, stderr=subprocess.DEVNULL, env=trusting
    ) as run:
        try:
            until_open(port)
            yield Exporter(run.pid, port, server.url)
        finally:
            run.terminate()
