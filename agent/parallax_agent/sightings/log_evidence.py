"""Log evidence: what one log's lines show of our requests, and whether to believe it.

In: lines as bytes, and the format that the configuration names. Out: a
`Sighting` for each of our requests from outside, and whether silence would mean
anything.
It does not: open a log (`follower` does), or keep any line of anybody else.

Ours is a line whose User-Agent begins with `Parallax/` and whose request id is a
uuid4 in hex, as `parallax.probe` sends them; lines without that mark are dropped
as bytes. Those of agents are marked, and thousands in a large cluster: they show what
the log holds, and are no sightings; how far those requests got, their answers say.

A log is believed only once it is known to hold ids and User-Agents, by
its configuration or by any one line: an ingress that writes neither would look
as if it had never been asked. A line of ours that cannot be read ends the belief
until one can. One with an id that somebody else made ends it for a while, though
others keep theirs: Envoy replaces only the ids of requests from outside.
"""

import logging
import re
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from parallax.model.cluster import Sighting
from parallax.probe import INSIDE
from parallax_agent.sightings.access_line import LINE_BYTES, AccessLine
from parallax_agent.sightings.formats import OURS, RECOGNIZED, LogFormat

USER_AGENT = "Parallax/"
MAX_SIGHTINGS = 1000
"""Lines of ours held until they are taken, some 390 KB of JSON; a cycle has some
dozens, and while everything fails some for each target."""
PROOF_LINES = 1000
"""Lines of other people that are looked at until one shows what the log holds."""
FOREIGN_SECONDS = 300.0
"""So long after a foreign id under our name silence means nothing."""
FOREIGN_IDS = (
    "the ingress logs request ids of its own instead of the X-Request-ID that it "
    "received (Envoy: set preserve_external_request_id)"
)
LOST = (
    f"more than {MAX_SIGHTINGS} requests of Parallax arrived within one cycle; the "
    "agent could not keep all of their access log lines"
)
UNKNOWN_FORMAT = (
    "the agent does not recognize the format of the ingress's access log; set "
    "PARALLAX_AGENT_INGRESS_LOG_FORMAT"
)
_MADE_ELSEWHERE = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
"""How proxies write the ids they make; anything else is a stranger's own."""
_MARK = re.compile(r'["{|= ]Parallax/\d')
_MARK_BYTES = USER_AGENT.encode()

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LogBatch:
    """What one pod's log gave since it was last asked.

    `read_at` None: the log is not live, or cannot show our requests; then
    `problem` says why, if it is known.
    """

    sightings: tuple[Sighting, ...] = ()
    read_at: datetime | None = None
    problem: str = ""


class LogEvidence:
    """Listens to one pod's log; one thread brings lines, another takes sightings."""

    def __init__(self, node: str, pod: str) -> None:
        self._node = node
        self._pod = pod
        self._lock = threading.Lock()
        self._kept: deque[Sighting] = deque(maxlen=MAX_SIGHTINGS)
        self._seen: deque[tuple[str, datetime]] = deque(maxlen=MAX_SIGHTINGS)
        self._format = RECOGNIZED
        self._proven = False
        self._examined = 0
        self._problem: str = ""
        self._foreign_until = 0.0
        self._lacking: str = ""
        self._lost = False

    def set_format(self, log_format: LogFormat) -> None:
        """Read by this format from now on; nothing happens if it is the same."""
        with self._lock:
            if log_format == self._format:
                return
            self._format = log_format
            self._proven = log_format.sure
            self._examined = 0
            self._problem = log_format.problem
            self._lacking = ""

    def take(self, read_at: datetime | None) -> LogBatch:
        """Hand over the sightings; `read_at` is told if silence means something."""
        with self._lock:
            taken = tuple(self._kept)
            self._kept.clear()
            foreign = time.monotonic() < self._foreign_until
            problem = self._problem or (FOREIGN_IDS if foreign else "")
            problem = problem or ("" if self._proven else self._lacking)
            # A line that was given up may be the one that is looked for.
            problem = problem or (LOST if self._lost else "")
            self._lost = False
            believed = self._proven and not problem
            return LogBatch(taken, read_at if believed else None, problem)

    def add_line(self, line: bytes) -> None:
        """Take one line; nearly all of them end at the first test."""
        marked = _MARK_BYTES in line
        if not marked:
            if self._proven or self._examined >= PROOF_LINES:
                return
            self._examined += 1
        if len(line) > LINE_BYTES:
            return
        text = line.decode("utf-8", "replace")
        with self._lock:
            entry = self._format.read(text)
            if entry is not None:
                self._learn(entry)
            elif marked and _MARK.search(text):
                self._doubt(UNKNOWN_FORMAT)

    def _learn(self, entry: AccessLine) -> None:
        """Take what a line shows of the log, and the sighting if it is ours."""
        if entry.fit:
            self._proven = True
        elif entry.lacking and not self._proven and entry.lacking != self._lacking:
            self._lacking = entry.lacking
            self._warn(entry.lacking)
        if entry.user_agent is None or not entry.user_agent.startswith(USER_AGENT):
            return
        if entry.request_id is None:
            self._doubt(entry.lacking or UNKNOWN_FORMAT)
            return
        if not OURS.fullmatch(entry.request_id):
            if _MADE_ELSEWHERE.fullmatch(entry.request_id):
                self._foreign_until = time.monotonic() + FOREIGN_SECONDS
            return
        self._problem = self._format.problem
        if INSIDE in entry.user_agent:
            return
        key = (entry.request_id, entry.seen_at)
        if key not in self._seen:
            self._seen.append(key)
            self._lost = self._lost or len(self._kept) == MAX_SIGHTINGS
            self._kept.append(self._sighting(entry, entry.request_id))

    def _sighting(self, entry: AccessLine, request_id: str) -> Sighting:
        return Sighting(
            request_id=request_id,
            seen_at=entry.seen_at,
            node=self._node,
            pod=self._pod,
            status_code=entry.status_code,
            upstream_name=entry.upstream_name,
            upstream_address=entry.upstream_address,
            upstream_status=entry.upstream_status,
            upstream_response_length=entry.upstream_response_length,
            request_time=entry.request_time,
            upstream_response_time=entry.upstream_response_time,
        )

    def _doubt(self, problem: str) -> None:
        """Stop believing the log until a line of ours is read again."""
        if problem != self._problem:
            self._warn(problem)
        self._problem = problem

    def _warn(self, problem: str) -> None:
        logger.warning(
            "access log could not be used", extra={"pod": self._pod, "problem": problem}
        )
