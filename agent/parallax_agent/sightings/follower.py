"""Follower: follows one ingress pod's access log.

In: the log stream of one pod, through the Kubernetes API. Out: its lines, passed to a
`LogEvidence`, and the time at which the log was last known to be live.
It does not: parse a line, or judge what is missing.

A stream without data is reopened after `QUIET_SECONDS`: the official client's follow
can stall (kubernetes-client/python #1546, #1234) and ends by itself after an hour
(#1040). A missing line is proof only if the log was live.
"""

import logging
import threading
import time
from datetime import UTC, datetime
from typing import override

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError, ReadTimeoutError

from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings.access_line import LINE_BYTES, stamped
from parallax_agent.sightings.formats import LogFormat
from parallax_agent.sightings.log_evidence import LogBatch, LogEvidence
from parallax_agent.watch.api import Apis, describe_error
from parallax_agent.watch.stream import lines

QUIET_SECONDS = 10.0
"""A stream without data for this long is reopened."""
FIRST_READ_SECONDS = 60
OVERLAP_SECONDS = 5
SETTLE_SECONDS = 1.0
BACKOFF_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
STAMP_BYTES = 64
"""The beginning of a line, which contains the runtime's time."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

logger = logging.getLogger(__name__)


class Follower(threading.Thread):
    """Follows one pod's log until it is stopped; reconnects by itself."""

    def __init__(self, apis: Apis, pod: IngressPod, node: str) -> None:
        super().__init__(name=f"log of {pod.name}", daemon=True)
        self._apis = apis
        self._pod = pod
        self._evidence = LogEvidence(node, pod.name)
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._read_at: datetime | None = None
        self._opened_at: datetime | None = None
        self._last_line = b""
        self._last_moment = _LONG_AGO

    @override
    def run(self) -> None:
        """Follow; reopen a stream that ends or fails, with back-off."""
        failures, logged = 0, False
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                self._follow()
                logged = False
                # The stream of a container that ended closes at once each time.
                brief = time.monotonic() - began < SETTLE_SECONDS
                failures = failures + 1 if brief else 0
            except ReadTimeoutError:
                failures, logged = 0, False
            except (ApiException, HTTPError, OSError) as error:
                failures += 1
                if not logged:
                    self._log_failure(error)
                logged = True
            step = min(failures, len(BACKOFF_SECONDS))
            self._ended.wait(BACKOFF_SECONDS[step - 1] if failures else 0.1)

    def stop(self) -> None:
        """Let the thread end at its next line or timeout."""
        self._ended.set()

    def take(self) -> LogBatch:
        """Return what was found since the last call."""
        with self._lock:
            live_at = self._live_at()
        return self._evidence.take(live_at)

    def set_format(self, log_format: LogFormat) -> None:
        """Read the log in this format from now on."""
        self._evidence.set_format(log_format)

    def _follow(self) -> None:
        path, query = self._call()
        response = self._apis.get(path, query, QUIET_SECONDS)
        with self._lock:
            self._opened_at = _now()
        try:
            for line in lines(response.stream(4096), LINE_BYTES):
                self._take_line(line)
                if self._ended.is_set():
                    return
        finally:
            response.close()

    def _call(self) -> tuple[str, dict[str, str]]:
        """Return path and query of the log (core/v1, `readNamespacedPodLog`)."""
        pod = self._pod
        named = {"container": pod.container} if pod.container else {}
        query = {
            **named,
            "follow": "true",
            "sinceSeconds": str(self._since()),
            "timestamps": "true",
        }
        return f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/log", query

    def _live_at(self) -> datetime | None:
        """Return the time up to which the log was read completely.

        While lines arrive, it is the runtime's time of the last line, because with a
        backlog newer lines are still waiting. After a time without lines, everything
        that was waiting when the stream was opened has arrived.
        """
        now, opened = _now(), self._opened_at
        times = [self._read_at, _written_at(self._last_line, now)]
        silent_since = max(opened, self._last_moment) if opened else now
        if (now - silent_since).total_seconds() >= SETTLE_SECONDS:
            times.append(opened)
        self._read_at = max(filter(None, times), default=None)
        return self._read_at

    def _since(self) -> int:
        with self._lock:
            last = self._live_at()
        if last is None:
            return FIRST_READ_SECONDS
        return int((_now() - last).total_seconds()) + OVERLAP_SECONDS

    def _take_line(self, line: bytes) -> None:
        self._evidence.add_line(line)
        with self._lock:
            self._last_line, self._last_moment = line, _now()

    def _log_failure(self, error: Exception) -> None:
        logger.warning(
            "access log could not be followed",
            extra={
                "pod": self._pod.name,
                "namespace": self._pod.namespace,
                "error": describe_error(error),
            },
        )


def _written_at(line: bytes, now: datetime) -> datetime | None:
    """Return the runtime's time of a line, at most `now` if a clock was set back."""
    moment, _ = stamped(line[:STAMP_BYTES].decode("ascii", "replace"))
    return min(moment, now) if moment else None


def _now() -> datetime:
    return datetime.now(UTC)
