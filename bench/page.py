"""Page: docs/benchmarks.md, from what was measured.

In: figures and samples, the machine. Out: the text of the page.
It does not: measure, or write the file.
"""

import os
import platform
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench import goals
from bench.peers import tables
from bench.peers.functions import Work
from bench.peers.sample import Sample
from bench.peers.turns import Measured
from bench.speed.figure import Figure

PAGE = """\
# Benchmarks

`make bench` writes this page and its chart. This run was made on {machine}.
A spread is the middle half of the rounds; of fewer than eight rounds, all of them.

![CPU time of a probe, of a cold start, and what a lone probe reports](benchmarks.svg)

## A probe against other clients
All clients probe one nginx, each time over a new, verified TLS connection. The ratio is
to blackbox_exporter.

{clients}

{readings}

## Cold starts
CPU time of a process that imports a function and makes its AWS clients, compared with
one that imports nothing (`python -S`).

{starts}

## Functions at work
{work}

## From the first failed probe to the mail
{alert} s in the lab, with scheduled probes and agents on five nodes.

## Goals
{goals}

The two goals against blackbox_exporter were set when it read its authority for each
probe (*Trust* below), so that it took 0.06 to 0.08 ms more. A probe in Python cannot
take less than the handshake alone, the first row of this page. Most of the difference
of the lone probes is TLS, with OpenSSL 3.0 (*OpenSSL* below). A run does not build the
layer. On 1 December 2026 it had 27.6 MB unzipped, and its goal is 26 MB: the code of
the causes and pages grew.

## Limits
The ratio is the measured value divided by its limit; it must not exceed 1.

| figure | measured | limit | ratio |
|---|---|---|---|
{limits}
"""
NOTES = """
## How it is measured
- **Clients**: they take turns, twelve rounds of 120 probes, 12 for curl. nginx has TLS
  1.3, an ECDSA P-256 certificate and a page of 2 KiB, on loopback. Only the client's
  process counts: `getrusage` for Python and curl, the clock of the process for
  blackbox_exporter. It gets one HTTP request per probe over a connection that stays
  open. Its figure includes the metrics that it formats, and that request (about 0.01
  ms). The figure of Parallax includes the phases, the certificate and the removal of
  secrets. httpx has one client and one context.
- **Trust**: all clients but curl read the authority once, from `SSL_CERT_FILE`. Until
  November 2026, blackbox_exporter had a `ca_file`, which it reads again for each probe.
  That took 0.06 to 0.08 ms, so the older ratios were too favorable to Parallax.
- **OpenSSL**: most of a probe's CPU time in Python is OpenSSL's. Version 3.0 takes 0.12
  ms to decode each certificate of the chain, of which nginx sends two. With OpenSSL
  3.5.8 a probe took a fifth less CPU time on the same machine (November 2026).
  blackbox_exporter does not use OpenSSL.
- **Readings**: a lone probe starts 30 ms after the last one, so the processor's caches
  have cooled. Parallax reports the time from the first phase to the last byte,
  blackbox_exporter `probe_duration_seconds`. Both resolve `localhost`. Spaced probes
  start 3 ms apart, as in the function.
- **Cold starts**: the function's libraries and no others are importable, all of them
  compiled. Tables, topic and secrets are configured. Loading the layer is not included.
  No process imports `site`, or cleans up at its end, which a function in Lambda never
  does. Until November 2026 the functions imported `site`, and all cleaned up (0.7 ms of
  the bare interpreter, 15 to 25 ms of a function).
- **Functions at work**: the handlers, with a stand-in for DynamoDB and Secrets Manager
  in another process. A report is that of a node with all of its probes in a failing
  cluster of ten nodes. A target is probed once over a new TLS connection and stored.
  Pushes are made and signed before the time counts.
- **To the mail**: one run of `make demo`, by its own clock, in whole seconds. The first
  failed probe is the first that the journal contains. AWS's own delays, of its streams
  and of e-mail, are not in it.
- **Judgement**: processor time of this process, the fastest of five runs. The first
  figure is the median over the recorded lab runs. The large clusters are drawn by the
  accuracy bench. All targets are unhealthy, and every agent reported its probes and its
  own reading of the cluster. The figure covers `join` and `judge`, without reading the
  journal.
- **Overview**: a fresh process of the function `report`, with a stand-in for DynamoDB
  in another process. Each of 200 requests verifies its link, reads the open incidents,
  the rounds and 32 histories with botocore, and compresses the page. The first one also
  imports what the page needs. Each target has a goal and 90 days of uptime. A target
  with outages had three, on days of its own.
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


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that one run measured."""

    clients: Measured
    starts: Sequence[Sample]
    work: Work
    alert: int
    """Seconds from the first failed probe to the mail."""
    limits: Sequence[Figure]
    before: Mapping[str, float] = field(default_factory=dict[str, float])
    """What the run before measured of each goal."""

    @property
    def goals(self) -> dict[str, float]:
        """What this run measured of each goal."""
        return goals.values(self.clients, self.starts, self.limits)


def machine() -> str:
    """Describe the machine of the measurement."""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    kind = f"{os.cpu_count()} cores of {platform.machine()}"
    return f"{kind}, {version}, {' '.join(ssl.OPENSSL_VERSION.split()[:2])}"


def page(run: Run) -> str:
    """Write the page."""
    text = PAGE.format(
        machine=machine(),
        clients=tables.clients(run.clients),
        readings=tables.readings(run.clients),
        starts=tables.starts(run.starts),
        work=tables.work(run.work),
        alert=run.alert,
        goals=goals.table(run.goals, run.before),
        limits="\n".join(figure.row for figure in run.limits),
    )
    return text + NOTES
