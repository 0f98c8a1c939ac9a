"""Agents: simulated agents that push as the real ones do, to the real `ingest`.

In: the targets and nodes of a cluster; responses of `ingest`. Out: signed pushes, as
events of a function URL, and the time of the next one.
It does not: probe, or read a Kubernetes API; reports are those of a drawn platform.

Version 2 sends a heartbeat when `ingest` requests it, and reports of the targets that
it names, with the parts of readings that the store lacks. If `ingest` does not know
version 2, the agent uses version 1: a report of every target each 15 seconds.
"""

import base64
import gzip
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench.cost.functions import url_event
from bench.cost.reports import Reports
from parallax.ingest.request import PATH
from parallax.model.cluster import NodeReport
from parallax.model.push import SCHEMA, SCHEMA_V2, Heartbeat, Push, ReadingPart
from parallax.model.wire import encode
from parallax_agent.push.signing import SigningKey, signed

OWN_SECONDS = 15.0
"""Between two reports of an agent's own, and between two pushes of version 1."""
ASKED_SECONDS = 10.0
HEARTBEAT_SECONDS = 60.0
SPREAD_SECONDS = 2.0
"""The nodes of a cluster spread their heartbeats over it."""
ROUNDED = 1e-6
"""Seconds by which a time may be off that was computed as a difference."""
HOLD_SECONDS = 120.0
"""How long an agent reports a target after the last request for it."""
ACCEPTED, BAD_REQUEST = 202, 400
PER_PUSH = 50
"""Reports in one push of version 1, which must stay below a megabyte."""


class PushRejectedError(RuntimeError):
    """`ingest` did not store a push, so that the bench would count too little."""


type Send = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(slots=True)
class Agent:
    """One node's agent; all times are seconds of the simulation."""

    reports: Reports
    node: int
    key: str
    send: Send
    version: int = 2
    _sequence: int = 0
    _heartbeat_at: float = 0.0
    _beat_at: float = 0.0
    _report_at: float = 0.0
    _asked: set[str] = field(default_factory=set[str])
    _reasons: dict[str, float] = field(default_factory=dict[str, float])
    _stored: set[str] = field(default_factory=set[str])
    _lacking: set[str] = field(default_factory=set[str])

    def push(self, now: float) -> float:
        """Push once; return the seconds until the next push."""
        if self.version == 1:
            return self._push_v1()
        targets = self._alerts(now) if now >= self._report_at - ROUNDED else []
        made = [self.reports.v2(self.node, target) for target in targets]
        parts = {part.digest: part for _, each in made for part in each}
        nodes = self.reports.nodes_part
        parts[nodes.digest] = nodes
        wanted = self._lacking | ({p for p in parts if made} - self._stored)
        sent = tuple(part for digest, part in parts.items() if digest in wanted)
        is_due = now >= self._heartbeat_at - ROUNDED
        beat = self._heartbeat() if is_due else None
        self._beat_at = now if beat else self._beat_at
        response = self._sent(
            self._body(SCHEMA_V2, tuple(report for report, _ in made), beat, sent)
        )
        self._stored |= parts.keys() if made else {nodes.digest}
        return self._obey(response, now, reported=bool(made))

    def _heartbeat(self) -> Heartbeat:
        self._sequence += 1
        return Heartbeat(
            sequence=self._sequence,
            interval=HEARTBEAT_SECONDS,
            targets=len(self.reports.targets),
            nodes=self.reports.nodes_part.digest,
        )

    def _alerts(self, now: float) -> list[str]:
        """Return the targets that need reports."""
        held = {t for t, at in self._reasons.items() if now - at < HOLD_SECONDS}
        return sorted(self._asked | held)

    def _obey(self, response: dict[str, Any], now: float, *, reported: bool) -> float:
        """Do what a response asks for; return the seconds until the next push."""
        body = json.loads(response["body"])
        if response["statusCode"] == BAD_REQUEST and "schema" in body["message"]:
            self.version = 1
            return 0.0
        if response["statusCode"] != ACCEPTED:
            raise PushRejectedError(response)
        lacked, self._lacking = self._lacking, set(body.get("readings", ()))
        self._stored -= self._lacking
        before, self._asked = self._asked, self._own(body.get("full", ()))
        self._reasons |= dict.fromkeys(self._asked, now)
        wait = float(body.get("next_seconds", ASKED_SECONDS))
        wait = min(max(wait, 1.0), HEARTBEAT_SECONDS)
        at_once = self._lacking and not lacked
        # The answers to reports do not put off the heartbeat again and again.
        latest = max(now, self._beat_at + HEARTBEAT_SECONDS)
        self._heartbeat_at = now if at_once else min(now + wait, latest) + self._spread
        interval = float(body.get("interval_seconds", ASKED_SECONDS))
        if reported:
            self._report_at = now + (interval if self._asked else OWN_SECONDS)
        elif self._asked - before:
            self._report_at = now
        following = self._heartbeat_at
        if self._alerts(now):
            following = min(following, max(now, self._report_at))
        return following - now

    def _own(self, names: Iterable[str]) -> set[str]:
        """Return those that this agent reports, of those that it observes."""
        name = self.reports.name(self.node)
        return {t for t in names if self.reports.is_reporter(t, name)}

    @property
    def _spread(self) -> float:
        return self.node * 0.618 % 1.0 * SPREAD_SECONDS

    def _push_v1(self) -> float:
        reports = tuple(self.reports.v1(self.node, t) for t in self.reports.targets)
        seconds = OWN_SECONDS
        for start in range(0, len(reports), PER_PUSH):
            push = self._body(SCHEMA, reports[start : start + PER_PUSH])
            body = json.loads(self._sent(push)["body"])
            seconds = float(body.get("interval_seconds") or OWN_SECONDS)
        return seconds

    def _body(
        self,
        schema: str,
        reports: tuple[NodeReport, ...],
        heartbeat: Heartbeat | None = None,
        readings: tuple[ReadingPart, ...] = (),
    ) -> Push:
        return Push(
            schema=schema,
            cluster=self.reports.cluster,
            node=self.reports.name(self.node),
            sent_at=datetime.now(UTC),
            heartbeat=heartbeat,
            readings=readings,
            reports=reports,
            sightings=self.reports.sightings(self.node) if reports else (),
        )

    def _sent(self, push: Push) -> dict[str, Any]:
        body = json.dumps(encode(push), separators=(",", ":"))
        headers = signed(
            SigningKey(self.key), f"msg_{uuid.uuid4().hex}", push.sent_at, body
        )
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
