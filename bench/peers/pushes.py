"""Pushes: the handler of `ingest`, as a process that counts its own CPU time.

In: on each line of stdin a kind of push and a number of them. Out: on each line of
stdout the CPU seconds, and the HTTP status of the last one.
It does not: count the time to make and sign the pushes, or the store's.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

from standardwebhooks import Webhook

from bench.peers.child import ROOT, own_cpu_seconds
from bench.peers.server import KEY
from bench.speed.judging import cluster
from parallax.model.cluster import NodeReport
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push
from parallax.model.wire import encode

NODES = 10
"""Nodes of the cluster that the report describes."""


def report(at: datetime) -> Push:
    """Return a push of version 1: a full report of a failing target."""
    found = next(o for o in cluster(NODES).observations if isinstance(o, NodeReport))
    sent = replace(found, sent_at=at, received_at=None)
    return Push(
        schema=SCHEMA,
        cluster=sent.cluster,
        node=sent.node,
        sent_at=at,
        reports=(sent,),
    )


def heartbeat(at: datetime) -> Push:
    """Return a push of version 2: a healthy node, without a report."""
    alive = Heartbeat(sequence=1, interval=60.0, targets=20, nodes="0" * 32)
    return Push(
        schema=SCHEMA_V2, cluster="bench", node="node-000", sent_at=at, heartbeat=alive
    )


KINDS: dict[str, Callable[[datetime], Push]] = {
    "report": report,
    "heartbeat": heartbeat,
}


def event(push: Push, number: int) -> dict[str, Any]:
    """Return the event of a function URL with a signed push."""
    text = json.dumps(encode(push))
    name, at = f"msg_{number}", datetime.now(UTC)
    return {
        "rawPath": "/v1/observations",
        "requestContext": {"http": {"method": "POST"}},
        "headers": {
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(KEY).sign(name, at, text),
        },
        "body": text,
    }


def handler(step: str) -> Callable[[dict[str, Any], None], dict[str, Any]]:
    """Return the handler of a function."""
    spec = spec_from_file_location(step, ROOT / "functions" / step / "app.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(step)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.handler


def main() -> None:
    """Obey the lines of stdin."""
    answers = os.fdopen(os.dup(1), "w")
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - until the end: the function's log
    handle, number = handler("ingest"), 0
    for line in sys.stdin:
        kind, _, count = line.strip().partition(" ")
        at, events = datetime.now(UTC), list[dict[str, Any]]()
        for _ in range(int(count)):
            number += 1
            push = KINDS[kind](at + timedelta(milliseconds=number))
            events.append(event(push, number))
        before, status = own_cpu_seconds(), 0
        for one in events:
            status = handle(one, None)["statusCode"]
        spent = own_cpu_seconds() - before
        answers.write(json.dumps({"cpu": spent, "status": status}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
