"""Agents: simulated agents that push as the real ones do, to the real `ingest`.

In: the targets and nodes of a cluster; responses of `ingest`. Out: signed pushes, as
events of a function URL, and the time of the next one.
It does not: probe, or read a Kubernetes API; reports are those of a drawn platform.

Version 2 sends a heartbeat when `ingest` asked for it, with reports of the targets that
it named, and the parts of readings that the store lacks. If it does not know version 2,
the agent uses version 1: a report of every target each 15 seconds.
"""

import base64
import gzip
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench.cost.functions import url_event
from bench.cost.reports import Reports
from parallax.ingest.request import PATH
from parallax.model.cluster import NodeReport
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push, ReadingPart
from parallax.model.wire import encode
from parallax_agent.push.signing import signed
from parallax_agent.push.splitting import split_push

V1_SECONDS = 15.0
ALERT_SECONDS = 120.0
"""How long an agent reports a target after the last request for it."""
BAD_REQUEST = 400

type Send = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(slots=True)
class Agent:
    """One node's agent."""

    reports: Reports
    node: int
    key: str
    send: Send
    version: int = 2
    interval: float = 60.0
    _sequence: int = 0
    _alerts: dict[str, float] = field(default_factory=dict[str, float])
    _wanted: set[str] = field(default_factory=set[str])

    def push(self, seconds: float) -> float:
        """Push once; return the seconds until the next push."""
        if self.version == 1:
            return self._push_v1()
        self._alerts = {t: end for t, end in self._alerts.items() if end > seconds}
        made = [self.reports.v2(self.node, target) for target in self._alerts]
        parts = [part for one in made for part in one[1] if part.digest in self._wanted]
        nodes = self.reports.nodes_part
        if nodes.digest in self._wanted:
            parts.append(nodes)
        self._sequence += 1
        response = self._post(
            heartbeat=Heartbeat(
                sequence=self._sequence,
                interval=self.interval,
                targets=len(self.reports.targets),
                nodes=nodes.digest,
            ),
            readings=tuple({part.digest: part for part in parts}.values()),
            reports=tuple(report for report, _ in made),
        )
        return self._obey(response, seconds)

    def _obey(self, response: dict[str, Any], seconds: float) -> float:
        """Do what a response asks for; return the seconds until the next push."""
        body = json.loads(response["body"])
        if response["statusCode"] == BAD_REQUEST and "schema" in body["message"]:
            self.version = 1
            return 0.0
        self._wanted = set(body.get("readings", ()))
        for target in body.get("full", ()):
            self._alerts[target] = seconds + ALERT_SECONDS
        self.interval = float(body.get("next_seconds") or 60.0)
        if self._alerts:
            asked = float(body.get("interval_seconds") or 10.0)
            return min(self.interval, asked)
        return self.interval

    def _push_v1(self) -> float:
        reports = tuple(self.reports.v1(self.node, t) for t in self.reports.targets)
        seconds = V1_SECONDS
        for part in split_push(self._body(SCHEMA, reports=reports)):
            body = json.loads(self._sent(part)["body"])
            seconds = float(body.get("interval_seconds") or V1_SECONDS)
        return seconds

    def _post(
        self,
        heartbeat: Heartbeat,
        readings: tuple[ReadingPart, ...],
        reports: tuple[NodeReport, ...],
    ) -> dict[str, Any]:
        push = self._body(SCHEMA_V2, reports=reports)
        whole = Push(
            schema=push.schema,
            cluster=push.cluster,
            node=push.node,
            sent_at=push.sent_at,
            heartbeat=heartbeat,
            readings=readings,
            reports=reports,
        )
        return self._sent(whole)

    def _body(self, schema: str, reports: tuple[NodeReport, ...]) -> Push:
        return Push(
            schema=schema,
            cluster=self.reports.cluster,
            node=self.reports.name(self.node),
            sent_at=datetime.now(UTC),
            reports=reports,
        )

    def _sent(self, push: Push) -> dict[str, Any]:
        body = json.dumps(encode(push), separators=(",", ":"))
        headers = signed(self.key, f"msg_{uuid.uuid4().hex}", push.sent_at, body)
        headers |= {"content-encoding": "gzip"}
        packed = gzip.compress(body.encode(), compresslevel=6, mtime=0)
        return self.send(url_event(PATH, headers, base64.b64encode(packed).decode()))


def fleet(
    clusters: Sequence[Reports], nodes: int, key: str, send: Send
) -> Iterator[Agent]:
    """Yield one agent for each node; the nodes are spread over the clusters."""
    for number in range(nodes):
        reports = clusters[number % len(clusters)]
        yield Agent(reports, number // len(clusters), key, send)
