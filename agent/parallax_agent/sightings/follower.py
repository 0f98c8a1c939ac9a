"""Follower: one ingress pod's access log, as it is written.

In: the log stream of one pod, through the Kubernetes API. Out: its lines, given
to a `LogEvidence`, and when the log was last known to be live.
It does not: read a line, or judge what is missing.

A stream that is silent is
opened again after `QUIET_SECONDS`: the official client's follow is known to
stall (kubernetes-client/python #1546, #1234) and to end by itself after an
hour (#1040), and only a log that was seen alive makes a missing line a proof.
"""

import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any, override

from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError, ReadTimeoutError

from parallax_agent.read.target_path import IngressPod
from parallax_agent.sightings.access_line import LINE_BYTES, stamped
from parallax_agent.sightings.formats import LogFormat
from parallax_agent.sightings.log_evidence import LogBatch, LogEvidence
from parallax_agent.watch.api import describe_error
from parallax_agent.watch.stream import lines

QUIET_SECONDS = 10.0
"""A stream that says nothing for so long is opened again."""
FIRST_READ_SECONDS = 60
OVERLAP_SECONDS = 5
SETTLE_SECONDS = 1.0
BACKOFF_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
STAMP_BYTES = 64
"""The beginning of a line, in which the runtime's time stands."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

logger = logging.getLogger(__name__)


class Follower(threading.Thread):
    """Follows one pod's log until told to stop; reconnects by itself."""

    def __init__(self, core: Any, pod: IngressPod, node: str) -> None:  # noqa: ANN401 - the client is untyped
        super().__init__(name=f"log of {pod.name}", daemon=True)
        self._core = core
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
        """Follow; a stream that ends or breaks is opened again, with back-off."""
        failures, told = 0, False
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                self._follow()
                told = False
                # A container that has ended gives its log, and ends at once each time.
                brief = time.monotonic() - began < SETTLE_SECONDS
                failures = failures + 1 if brief else 0
            except ReadTimeoutError:
                failures, told = 0, False
            except (ApiException, HTTPError, OSError) as error:
                failures += 1
                if not told:
                    self._note_failure(error)
                told = True
            step = min(failures, len(BACKOFF_SECONDS))
            self._ended.wait(BACKOFF_SECONDS[step - 1] if failures else 0.1)

    def stop(self) -> None:
        """Let the thread end at its next line or silence."""
        self._ended.set()

    def take(self) -> LogBatch:
        """Hand over what was seen since the last time."""
        with self._lock:
            live_at = self._live_at()
        return self._evidence.take(live_at)

    def set_format(self, log_format: LogFormat) -> None:
        """Read the log by this format from now on."""
        self._evidence.set_format(log_format)

    def _follow(self) -> None:
        response = self._core.read_namespaced_pod_log(
            self._pod.name,
            self._pod.namespace,
            container=self._pod.container,
            follow=True,
            timestamps=True,
            since_seconds=self._since(),
            _preload_content=False,
            _request_timeout=(QUIET_SECONDS, QUIET_SECONDS),
        )
        with self._lock:
            self._opened_at = _now()
        try:
            for line in lines(response.stream(4096), LINE_BYTES):
                self._take_line(line)
                if self._ended.is_set():
                    return
        finally:
            response.close()

    def _live_at(self) -> datetime | None:
        """Return until when the log is known to have been read to its end.

        While lines come, up to the time that the runtime wrote before the last one:
        behind lines of a minute ago those of now are still waiting. Once none has
        come for a while, all that was waiting when the stream was opened has come.
        """
        now, opened = _now(), self._opened_at
        known = [self._read_at, _written_at(self._last_line, now)]
        silent_since = max(opened, self._last_moment) if opened else now
        if (now - silent_since).total_seconds() >= SETTLE_SECONDS:
            known.append(opened)
        self._read_at = max(filter(None, known), default=None)
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

    def _note_failure(self, error: Exception) -> None:
        logger.warning(
            "access log could not be followed",
            extra={
                "pod": self._pod.name,
                "namespace": self._pod.namespace,
                "error": describe_error(error),
            },
        )


def _written_at(line: bytes, now: datetime) -> datetime | None:
    """Return the runtime's time before a line; a clock set back makes none of later."""
    moment, _ = stamped(line[:STAMP_BYTES].decode("ascii", "replace"))
    return min(moment, now) if moment else None


def _now() -> datetime:
    return datetime.now(UTC)
