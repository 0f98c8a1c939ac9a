"""Pusher: sends the agent's pushes to `ingest`, with retries.

In: pushes of schema v2, with all parts of readings that they refer to. Out: signed,
compressed POST requests to `ingest`, and what `ingest` requests. The signature covers
the uncompressed body.
It does not: block the thread that observes, or drop a push for another reason than its
own content (400, 413). While `ingest` is unavailable or rejects the key (401, 403), the
push is kept, because a key rotation may reach one side minutes before the other.

After an outage the newest push goes first and at once, because a judgement needs the
current state. Older pushes follow, one every `BACKLOG_SECONDS`, so that a thousand
agents do not send their backlog in the same minute.

An `ingest` of an earlier version rejects schema v2. Then the same push goes in v1, and
for `LEGACY_SECONDS` every push does.

Each attempt sets the push's `sent_at`; `ingest` compares it with its own clock to find
the node's clock skew. Each report keeps its own time, so it does not replace a newer
report.
"""

import gzip
import json
import logging
import random
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from parallax.model.plain import plain_line
from parallax.model.push import Push, ReadingPart
from parallax.model.wire import encode
from parallax.probe.tls import as_users_do
from parallax_agent.push.aws_signature import aws_signed, read_access_key
from parallax_agent.push.buffer import Buffer, Message
from parallax_agent.push.instructions import (
    FAILED,
    Instructions,
    read_instructions,
)
from parallax_agent.push.known_parts import KnownParts
from parallax_agent.push.outcome import NOT_AUTHORIZED, Outcome, outcome_of
from parallax_agent.push.post import Answer, send_post
from parallax_agent.push.signing import (
    KeyUnusableError,
    SigningKey,
    read_key,
    signed,
)
from parallax_agent.push.versions import as_v1

CAPACITY = 120
"""Messages kept while `ingest` is unavailable: half an hour at 15 seconds."""
BACKLOG_SECONDS = 5.0
"""Seconds between two older pushes: two or three per interval of 15 seconds."""
SEND_SECONDS = 10.0
"""Seconds for one attempt as a whole."""
LEGACY_SECONDS = 600.0
"""Until schema v2 is tried again."""
FIRST_WAIT, MAX_WAIT = 1.0, 60.0
REASON = 300
"""Characters of an error in a log line."""

logger = logging.getLogger(__name__)


class Pusher:
    """A bounded buffer and the thread that empties it."""

    def __init__(self, url: str, key_file: Path, *, capacity: int = CAPACITY) -> None:
        self._url = url
        self._key_file = key_file
        self._buffer = Buffer(capacity)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._context = as_users_do()
        self._thread = threading.Thread(target=self._run, name="pusher", daemon=True)
        self._known = KnownParts()
        self._instructions: Instructions | None = None
        self._legacy_until = float("-inf")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, push: Push) -> None:
        """Buffer a push; a full buffer drops its oldest and counts the reports."""
        self._known.remember(push.readings)
        current = as_v1(push) if self.legacy else push
        if current is not None:
            self._buffer.put(current)

    def close(self, seconds: float) -> int:
        """Try once to send the buffer; return how many messages remain."""
        self._closing.set()
        self._buffer.close()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return self.buffered

    @property
    def legacy(self) -> bool:
        """Whether `ingest` understands only schema v1, as far as is known."""
        return time.monotonic() < self._legacy_until

    def take_instructions(self) -> Instructions | None:
        """Return what the newest response asks for; None: no new response."""
        with self._lock:
            newest, self._instructions = self._instructions, None
        return newest

    @property
    def dropped(self) -> int:
        """How many reports a full buffer dropped so far."""
        return self._buffer.dropped

    @property
    def buffered(self) -> int:
        """How many messages wait."""
        return len(self._buffer)

    def _run(self) -> None:
        failures = 0
        while (message := self._buffer.newest(BACKLOG_SECONDS)) is not None:
            outcome = self._attempt(message)
            if outcome is Outcome.OLD_SCHEMA:
                self._fall_back(message)
                continue
            if outcome is not Outcome.RETRY:
                failures = 0
                self._buffer.forget(message)
                continue
            if self._closing.is_set():
                return
            wait = min(MAX_WAIT, FIRST_WAIT * 2**failures)
            failures = min(failures + 1, 10)
            self._closing.wait(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads retries

    def _attempt(self, message: Message) -> Outcome:
        began = time.monotonic()
        sent = self._known.needed(message.push)
        try:
            key = read_key(self._key_file)
            response = self._send(message, sent, key)
            if response.status_code in NOT_AUTHORIZED:
                newer = read_key(self._key_file)
                if newer != key:
                    response = self._send(message, sent, newer)
        except (httpx.HTTPError, OSError, MemoryError, KeyUnusableError) as error:
            # The text may contain bytes of the response, so make it one safe line.
            reason = plain_line(f"{type(error).__name__}: {error}"[:REASON])
            logger.warning("push was not sent", extra={"error": reason})
            self._set(FAILED)
            return Outcome.RETRY
        except Exception:
            # One push that cannot be sent must not block the pushes behind it.
            logger.exception("push was dropped after an unexpected error")
            return Outcome.REFUSED
        outcome = outcome_of(response, message, time.monotonic() - began)
        if outcome is Outcome.STORED:
            instructions = read_instructions(response.body)
            self._known.note(message.push, sent, instructions.readings)
            self._set(instructions)
        elif outcome is not Outcome.OLD_SCHEMA:
            self._set(FAILED)
        return outcome

    def _fall_back(self, message: Message) -> None:
        """Send this push and those that follow in v1."""
        if not self.legacy:
            logger.info(
                "only schema v1 is accepted", extra={"retry_seconds": LEGACY_SECONDS}
            )
        self._legacy_until = time.monotonic() + LEGACY_SECONDS
        self._buffer.replace(message, as_v1(message.push))

    def _set(self, instructions: Instructions) -> None:
        with self._lock:
            waiting = self._instructions
            lacking = waiting.readings if waiting else frozenset[str]()
            self._instructions = replace(
                instructions, readings=instructions.readings | lacking
            )

    def _send(
        self, message: Message, parts: tuple[ReadingPart, ...], key: SigningKey
    ) -> Answer:
        now = datetime.now(UTC)
        message.attempts += 1
        stamped = encode(replace(self._stamped(message, now), readings=parts))
        body = json.dumps(stamped, separators=(",", ":"))
        headers = signed(key, message.id, now, body)
        # A function URL treats this type as binary; as text, gzip would be corrupted.
        headers |= {
            "Content-Type": "application/octet-stream",
            "Content-Encoding": "gzip",
        }
        packed = gzip.compress(body.encode(), compresslevel=6, mtime=0)
        access = read_access_key(self._key_file)
        headers |= aws_signed(access, self._url, packed, now)
        return send_post(self._url, packed, headers, self._context, SEND_SECONDS)

    def _stamped(self, message: Message, now: datetime) -> Push:
        # `ingest` stores a report once per time, and may have stored half of the push.
        # A retry therefore sends its reports under new times, a millisecond later.
        shift = timedelta(milliseconds=message.attempts - 1)
        push, dropped = message.push, self._buffer.dropped
        reports = (
            replace(report, sent_at=report.sent_at + shift, dropped=dropped)
            for report in push.reports
        )
        return replace(push, sent_at=now, reports=tuple(reports))
