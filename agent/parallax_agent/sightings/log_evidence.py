"""Log evidence: Parallax's requests in one log, and whether the log is usable.

In: lines as bytes, and the format that the configuration names. Out: a `Sighting` for
each external request of Parallax, and whether a missing request proves anything.
It does not: open a log (`follower` does), or keep a line of any other client.

A line is Parallax's own if its User-Agent begins with `Parallax/` and its request id is
a uuid4 in hex, as `parallax.probe` sends them. Lines without that mark are dropped as
bytes. Lines of agents are marked, and there are thousands in a large cluster: they show
what the log contains, but are not sightings, because the responses to these requests
show how far they got.

A log is usable only after its configuration or one line shows that it contains ids and
User-Agents: without them, no request would ever be found. An own line that cannot be
parsed makes the log unusable until one can. An own line with another program's id makes
it unusable for a while, even if other lines have the right id: Envoy replaces only the
ids of external requests.
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
from parallax_agent.sightings.formats import RECOGNIZED, REQUEST_ID, LogFormat

USER_AGENT = "Parallax/"
MAX_SIGHTINGS = 1000
"""Sightings kept until they are taken, some 390 KB of JSON. A cycle has some dozens,
and while everything fails some per target."""
PROOF_LINES = 1000
"""Lines of other clients that are parsed to find out what the log contains."""
FOREIGN_SECONDS = 300.0
"""Seconds for which a missing request proves nothing after a replaced id."""
FOREIGN_IDS = (
    "the ingress logs request ids of its own instead of the X-Request-ID that it "
    "received (Envoy: set preserve_external_request_id)"
)
DROPPED_LINES = (
    f"more than {MAX_SIGHTINGS} requests of Parallax arrived within one cycle; the "
    "agent could not keep all of their access log lines"
)
UNKNOWN_FORMAT = (
    "the agent does not recognize the format of the ingress's access log; set "
    "PARALLAX_AGENT_INGRESS_LOG_FORMAT"
)
_PROXY_ID = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}")
"""The format of ids that proxies generate; any other id is the client's own."""
_MARK = re.compile(r'["{|= ]Parallax/\d')
_MARK_BYTES = USER_AGENT.encode()

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LogBatch:
    """What one pod's log contained since the last call.

    `read_at` None: the log is not live, or cannot show Parallax's requests; then
    `problem` says why, if it is known.
    """

    sightings: tuple[Sighting, ...] = ()
    read_at: datetime | None = None
    problem: str = ""


class LogEvidence:
    """Examines one pod's log; one thread adds lines, another takes sightings."""

    def __init__(self, node: str, pod: str) -> None:
        self._node = node
        self._pod = pod
        self._lock = threading.Lock()
        self._sightings: deque[Sighting] = deque(maxlen=MAX_SIGHTINGS)
        self._seen: deque[tuple[str, datetime]] = deque(maxlen=MAX_SIGHTINGS)
        self._format = RECOGNIZED
        self._proven = False
        self._examined = 0
        self._problem: str = ""
        self._foreign_until = 0.0
        self._lacking: str = ""
        self._dropped_lines = False

    def set_format(self, log_format: LogFormat) -> None:
        """Parse in this format from now on; no effect if it is the same."""
        with self._lock:
            if log_format == self._format:
                return
            self._format = log_format
            self._proven = log_format.sure
            self._examined = 0
            self._problem = log_format.problem
            self._lacking = ""

    def take(self, read_at: datetime | None) -> LogBatch:
        """Return the sightings, and `read_at` if a missing request is proof."""
        with self._lock:
            sightings = tuple(self._sightings)
            self._sightings.clear()
            foreign = time.monotonic() < self._foreign_until
            problem = self._problem or (FOREIGN_IDS if foreign else "")
            problem = problem or ("" if self._proven else self._lacking)
            # A dropped line may be the one that a judgement needs.
            problem = problem or (DROPPED_LINES if self._dropped_lines else "")
            self._dropped_lines = False
            usable = self._proven and not problem
            return LogBatch(sightings, read_at if usable else None, problem)

    def add_line(self, line: bytes) -> None:
        """Examine one line; nearly all end at the first test."""
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
                self._examine(entry)
            elif marked and _MARK.search(text):
                self._report_problem(UNKNOWN_FORMAT)

    def _examine(self, entry: AccessLine) -> None:
        """Note what a line shows of the log, and the sighting if it is one."""
        if entry.fit:
            self._proven = True
        elif entry.lacking and not self._proven and entry.lacking != self._lacking:
            self._lacking = entry.lacking
            self._warn(entry.lacking)
        if entry.user_agent is None or not entry.user_agent.startswith(USER_AGENT):
            return
        if entry.request_id is None:
            self._report_problem(entry.lacking or UNKNOWN_FORMAT)
            return
        if not REQUEST_ID.fullmatch(entry.request_id):
            if _PROXY_ID.fullmatch(entry.request_id):
                self._foreign_until = time.monotonic() + FOREIGN_SECONDS
            return
        self._problem = self._format.problem
        if INSIDE in entry.user_agent:
            return
        key = (entry.request_id, entry.seen_at)
        if key not in self._seen:
            self._seen.append(key)
            self._dropped_lines = (
                self._dropped_lines or len(self._sightings) == MAX_SIGHTINGS
            )
            self._sightings.append(self._sighting(entry, entry.request_id))

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

    def _report_problem(self, problem: str) -> None:
        """Treat the log as unusable until an own line is parsed again."""
        if problem != self._problem:
            self._warn(problem)
        self._problem = problem

    def _warn(self, problem: str) -> None:
        logger.warning(
            "access log could not be used", extra={"pod": self._pod, "problem": problem}
        )
