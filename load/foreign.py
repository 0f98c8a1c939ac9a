"""Foreign: requests to `ingest` that no agent sends, and what each costs.

In: the real handler. Out: for each kind of request: its status, processor time, billed
time and bytes of log. It does not: reach a network.

Headers of more than 10 KB, a body of more than 6 MB and one that arrives slowly never
reach the function: AWS reads a whole request before it invokes it (AWS Lambda quotas,
"Invocation payload"). So they occupy nothing here.
"""

import base64
import gzip
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.cost.functions import CORE_MB, url_event
from load.figures import Spread, spread
from load.ingest import Ingest
from load.pushes import Pushes
from parallax.ingest.request import PATH

TIMES = 40
MEGABYTE = 1024 * 1024
type Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one kind of request costs; `billed` in milliseconds.

    `log_bytes` of one line; there is at most one a second for each status.
    """

    kind: str
    status: int
    cpu: float
    billed: Spread
    log_bytes: int


def measured(ingest: Ingest, pushes: Pushes, pause: Callable[[], None]) -> list[Cost]:
    """Send each kind of request many times; return what it costs."""
    found: list[Cost] = []
    for kind, event in _kinds(pushes).items():
        pause()  # else no line of the log: there is at most one a second
        found.append(_cost(ingest, kind, event))
    return found


def _kinds(pushes: Pushes) -> Mapping[str, Json]:
    """Return one event for each trick."""
    genuine = pushes.heartbeat("cluster-0", "node-0", 1)
    own = dict(genuine["headers"])
    zeros = base64.b64encode(gzip.compress(b"0" * MEGABYTE)).decode()
    largest = base64.b64encode(b"0" * (6 * MEGABYTE * 3 // 4 - 9_000)).decode()
    plain = base64.b64encode(b"0" * MEGABYTE).decode()
    forged = own | {"webhook-signature": "v1," + base64.b64encode(b"0" * 32).decode()}
    many = " ".join(["v1," + base64.b64encode(b"0" * 32).decode()] * 120)
    old = own | {"webhook-timestamp": "1700000000"}
    bare = {k: v for k, v in own.items() if k != "content-encoding"}
    return {
        "another path": url_event("/", {}, ""),
        "no signature": url_event(PATH, {}, ""),
        "no signature, 1 MiB of zeros in gzip": url_event(
            PATH, {"content-encoding": "gzip"}, zeros
        ),
        "a body of 6 MB": url_event(PATH, own, largest),
        "a wrong signature": url_event(PATH, forged, genuine["body"]),
        "a wrong signature of 1 MiB": url_event(
            PATH, bare | {"webhook-signature": forged["webhook-signature"]}, plain
        ),
        "120 wrong signatures of 1 MiB in gzip": url_event(
            PATH, forged | {"webhook-signature": many}, zeros
        ),
        "headers of 10 KB": url_event(PATH, {"x-padding": "x" * 10_000}, ""),
        "an old push": url_event(PATH, old, genuine["body"]),
        "a replayed push, within five minutes": genuine,
    }


def _cost(ingest: Ingest, kind: str, event: Json) -> Cost:
    text = json.dumps(event)
    cpu, billed, logged, status = 0.0, list[float](), 0, 0
    for number in range(TIMES + 3):
        began = time.process_time()
        read = json.loads(text)  # as the runtime does, before it calls the handler
        parsing = time.process_time() - began
        before = ingest.cpu
        answer = ingest.invoke(read)
        logged = max(logged, answer.log_bytes)
        if number < 3:  # what is imported or connected once
            continue
        status = answer.status
        cpu += ingest.cpu - before + parsing
        scaled = parsing * CORE_MB / ingest.function.memory
        billed.append((answer.seconds + scaled) * 1000)
    return Cost(
        kind=kind,
        status=status,
        cpu=cpu / TIMES * 1000,
        billed=spread(billed),
        log_bytes=logged,
    )
