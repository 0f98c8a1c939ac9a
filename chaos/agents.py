"""Agents: two nodes that push heartbeats, and reports of the targets asked for.

In: the responses of `ingest`. Out: signed pushes; a push that got no 202 again, with
the same content, for half an hour.
It does not: probe; the reports are those of a drawn platform (`bench.cost.reports`).
"""

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bench.cost.functions import url_event
from bench.cost.reports import Reports
from chaos import kinds
from chaos.dice import Dice
from parallax.ingest.request import PATH
from parallax.model.push import SCHEMA_V2, Heartbeat, Push
from parallax.model.wire import encode
from parallax_agent.push.signing import SigningKey, signed

ACCEPTED = 202
KEPT = 1800.0
EVERY, AGAIN, ALERT = 60.0, 10.0, 30.0
"""Seconds between two heartbeats, after a failure, between reports while asked."""

type Send = Callable[[dict[str, Any], bool], dict[str, Any] | None]
"""Sends a request to `ingest`, whose container may then end; None: no answer."""


@dataclass
class Agent:
    """The agent of one node; `accepted` gets the targets of each push that has 202."""

    reports: Reports
    node: int
    key: str
    send: Send
    dice: Dice
    accepted: Callable[[list[str]], None]
    only: str | None = None
    _sequence: int = 0
    _asked: tuple[str, ...] = ()
    _kept: list[tuple[float, Push]] = field(default_factory=list[tuple[float, Push]])

    def push(self, now: float) -> float:
        """Push what is due; return the seconds until the next time."""
        self._kept = [one for one in self._kept if now - one[0] < KEPT]
        self._kept.append((now, self._made()))
        while self._kept:
            answer = self._sent(self._kept[0][1])
            if answer is None or answer["statusCode"] >= 500:  # noqa: PLR2004 - HTTP
                return AGAIN
            _, push = self._kept.pop(0)
            if answer["statusCode"] == ACCEPTED:
                self.accepted([report.target for report in push.reports])
                self._obey(json.loads(answer["body"]))
        return ALERT if self._asked else EVERY

    def _obey(self, body: Mapping[str, Any]) -> None:
        known = set(self.reports.targets)
        self._asked = tuple(t for t in body.get("full", ()) if t in known)

    def _made(self) -> Push:
        made = [self.reports.v2(self.node, target) for target in self._asked]
        parts = {part.digest: part for _, each in made for part in each}
        parts[self.reports.nodes_part.digest] = self.reports.nodes_part
        self._sequence += 1
        beat = Heartbeat(
            sequence=self._sequence,
            interval=EVERY,
            targets=len(self.reports.targets),
            nodes=self.reports.nodes_part.digest,
        )
        return Push(
            schema=SCHEMA_V2,
            cluster=self.reports.cluster,
            node=self.reports.name(self.node),
            sent_at=datetime.now(UTC),
            heartbeat=beat,
            readings=tuple(parts.values()),
            reports=tuple(report for report, _ in made),
        )

    def _sent(self, push: Push) -> dict[str, Any] | None:
        concerned = self.only is None or [r.target for r in push.reports] == [self.only]
        kind = self.dice.roll("push", "push", kinds.PUSH if concerned else ())
        push = replace(push, sent_at=datetime.now(UTC))
        if kind == "oversized":
            push = _oversized(push)
        at = push.sent_at
        if kind == "skewed-agent":
            at -= timedelta(minutes=10)
            push = replace(push, sent_at=at)
        event = self._event(push, at, garbled=kind == "garbled")
        if kind == "repeated":
            self.send(event, False)  # noqa: FBT003 - of the protocol
        answer = self.send(event, kind == "late-end")
        return None if kind == "lost-answer" else answer

    def _event(self, push: Push, at: datetime, *, garbled: bool) -> dict[str, Any]:
        body = json.dumps(encode(push), separators=(",", ":"))
        if garbled:
            body = body[: len(body) // 2]
        headers = signed(
            SigningKey(self.key), f"msg_{self.node}_{self._sequence}", at, body
        )
        headers |= {"content-encoding": "gzip"}
        packed = gzip.compress(body.encode(), compresslevel=1, mtime=0)
        return url_event(PATH, headers, base64.b64encode(packed).decode())


@cache
def _noise() -> tuple[str, ...]:
    """Return more text than an item can hold, which compresses badly."""
    return tuple(
        "".join(chr(33 + (n * n + m) % 90) for n in range(900)) for m in range(800)
    )


def _oversized(push: Push) -> Push:
    """Return a push whose first report no item can hold."""
    if not push.reports:
        return push
    first, *rest = push.reports
    return replace(push, reports=(replace(first, problems=_noise()), *rest))
