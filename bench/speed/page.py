"""Page: docs/benchmarks.md, from figures.

In: figures, the machine. Out: the text of the page.
It does not: measure, or write the file.
"""

import os
import platform
from collections.abc import Sequence

from bench.speed.figure import Figure

HEAD = """\
# Benchmarks

Written by `make bench` (`python -m bench.speed`) on {machine}.
The ratio is the measured value divided by its limit; it must not exceed 1.

| figure | measured | limit | ratio |
|---|---|---|---|
"""
NOTES = """
## How it is measured
- **Judgement**: processor time of this process, the fastest of five runs. The first
  figure is the median over the recorded lab runs. The large clusters are drawn by the
  accuracy bench. All targets are unhealthy, and every agent reported its probes and its
  own reading of the cluster. The figure covers `join` and `judge`, without reading the
  journal.
- **Agent**: a separate process, measured by the kernel (`VmHWM`, `utime` and `stime`).
  The API server, the hops and `ingest` run in another process. The cluster has 500
  nodes, 5,000 pods of 6 KB each, 300 Services with EndpointSlices, 200 Ingresses, and
  ten changes a second. All pods are in the namespaces of three targets and of the
  ingress controller, so the agent watches all of them. Each state is measured for 60
  seconds: healthy with a heartbeat each 15 seconds, then in alert with the node's share
  of the requests, and a report of each target each 10 seconds. Both include the changes
  and a followed log.
- **Log lines**: a follower reads a stream of 20,000 lines a second for ten seconds. One
  line in a thousand has our request id, and each of these must be found. The figure
  includes the official client's stream, the splitting into lines and the parsing.
"""


def machine() -> str:
    """Describe the machine of the measurement."""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores of {platform.machine()}, {version}"


def page(figures: Sequence[Figure]) -> str:
    """Write the page."""
    rows = "".join(f"{figure.row}\n" for figure in figures)
    return HEAD.format(machine=machine()) + rows + NOTES
