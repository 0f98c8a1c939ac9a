"""Page: docs/benchmarks.md, from figures.

In: figures, the machine. Out: the page's text, the same but for figures.
It does not: measure, or write the file.
"""

import os
import platform
from collections.abc import Sequence

from bench.speed.figure import Figure

HEAD = """\
# What it costs

Written by `make bench` (`python -m bench.speed`) on {machine}.
A ratio is the part of its limit that a figure takes: at most 1.

| figure | measured | limit | ratio |
|---|---|---|---|
"""
NOTES = """
## How it is measured
- **Judgement**: processor time of this process, the quickest of five. Of the recorded
  lab runs the median is taken. The large clusters are drawn by the accuracy bench: all
  targets are unhealthy, every agent has reported its probes and its own reading of the
  cluster, and the figure is `join` and `judge` together, without reading the journal.
- **Agent**: its own process, as the kernel counts it (`VmHWM`, `utime` and `stime`),
  against an API server, hops and `ingest` that are a process of their own: 500 nodes,
  5,000 pods of 6 KB each, 300 Services with EndpointSlices, 200 Ingresses, ten changes
  a second. All pods lie in the namespaces of three targets and of the ingress
  controller, so all of them are watched. The steady state is measured for 60 seconds
  after the first push: four cycles of 75 requests to hops, changes, a followed log.
- **Log lines**: a follower reads a stream of 20,000 lines a second for ten seconds, one
  in a thousand ours; each of ours has to be found. The official client's stream, the
  cutting into lines and the parsing are in the figure.
"""


def machine() -> str:
    """Name what it was measured on."""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores of {platform.machine()}, {version}"


def page(figures: Sequence[Figure]) -> str:
    """Write the page."""
    rows = "".join(f"{figure.row}\n" for figure in figures)
    return HEAD.format(machine=machine()) + rows + NOTES
