"""Answer: the response to an agent whose push is stored.

In: the push, what was stored of it, the open incidents, the rounds, and the digests
that the journal lacks. Out: the fields of a JSON body.
It does not: fail. The push is stored, and the answer must say so; what cannot be read
is logged and left out, and the agent then uses its own settings.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from parallax.ingest.alert import OpenIncident, alert, push_interval
from parallax.ingest.store import Stored
from parallax.model.push import SCHEMA_V2, Push

log = logging.getLogger(__name__)

type Fields = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Where the parts of an answer come from.

    `open_incidents` returns the open incidents by subject, `lacking` the digests that a
    cluster has no part for, `next_seconds` when a node sends its next heartbeat.
    """

    open_incidents: Callable[[], Mapping[str, OpenIncident]]
    lacking: Callable[[str, Sequence[str], datetime], Sequence[str]]
    next_seconds: Callable[[str, datetime], float]

    def body(self, push: Push, stored: Stored, now: datetime) -> Fields:
        """Return the fields of the answer to a stored push."""
        body: Fields = {"message": stored.text}
        if stored.refused:
            body["refused"] = len(stored.refused)
        if push.schema != SCHEMA_V2:
            return body | _read(lambda: self._interval(push, now), "incidents")
        return (
            body
            | _read(lambda: self._alert(now), "incidents")
            | _read(lambda: self._readings(push, now), "readings")
            | _read(lambda: self._next(push, now), "rounds")
            | {"schema": SCHEMA_V2}
        )

    def _interval(self, push: Push, now: datetime) -> Fields:
        targets = [report.target for report in push.reports]
        seconds = push_interval(self.open_incidents(), targets, now)
        return {"interval_seconds": seconds} if seconds else {}

    def _alert(self, now: datetime) -> Fields:
        asked = alert(self.open_incidents(), now)
        body: Fields = {"full": list(asked.targets)}
        if asked.interval:
            body["interval_seconds"] = asked.interval
        if asked.intervals:
            body["intervals"] = asked.intervals
        return body

    def _readings(self, push: Push, now: datetime) -> Fields:
        digests = list(dict.fromkeys(_digests(push)))
        return {"readings": list(self.lacking(push.cluster, digests, now))}

    def _next(self, push: Push, now: datetime) -> Fields:
        return {"next_seconds": self.next_seconds(push.node, now)}


def _read(fields: Callable[[], Fields], what: str) -> Fields:
    try:
        return fields()
    except Exception:
        log.exception("part of an answer could not be read", extra={"part": what})
        return {}


def _digests(push: Push) -> Iterator[str]:
    """Yield the digests that a push refers to."""
    if push.heartbeat and push.heartbeat.nodes:
        yield push.heartbeat.nodes
    for report in push.reports:
        if report.reading_ref:
            yield report.reading_ref.target
            if report.reading_ref.nodes:
                yield report.reading_ref.nodes
