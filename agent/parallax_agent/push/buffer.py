"""Buffer: the messages that wait to be sent, the newest first, up to a capacity.

In: pushes. Out: messages, each with an id that stays the same for all attempts. It does
not: send them, or write to a disk.

Only the newest heartbeat is kept: an older one says nothing that it does not say.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import uuid4

from parallax.model.push import Push
from parallax_agent.push.splitting import split_push

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Message:
    """A push, its message id, and the number of attempts to send it."""

    push: Push
    id: str = field(default_factory=lambda: f"msg_{uuid4().hex}")
    attempts: int = 0


class Buffer:
    """Messages between the thread that observes and the thread that sends."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._messages: deque[Message] = deque()
        self._fresh: list[Message] = []
        self._changed = threading.Condition()
        self._closed = False
        self._dropped = 0

    def put(self, push: Push) -> None:
        """Add a push; a full buffer drops its oldest message and counts its reports."""
        fresh = [Message(part) for part in split_push(push)]
        with self._changed:
            if push.heartbeat:
                self._forget_heartbeats()
            self._add(fresh)
            self._fresh = [m for m in fresh if m in self._messages]
            self._changed.notify()

    def replace(self, message: Message, push: Push | None) -> None:
        """Set another form of the push of a message; None: forget the message."""
        self.forget(message)
        if push is not None:
            fresh = [Message(part) for part in split_push(push)]
            with self._changed:
                self._add(fresh)
                self._fresh += [m for m in fresh if m in self._messages]

    def _add(self, fresh: Iterable[Message]) -> None:
        for message in fresh:
            if len(self._messages) >= self._capacity:
                lost = self._messages.popleft()
                self._dropped += len(lost.push.reports)
                logger.warning(
                    "buffer was full, oldest push was dropped",
                    extra={"dropped": self._dropped},
                )
            self._messages.append(message)

    def _forget_heartbeats(self) -> None:
        """Remove the heartbeats that wait; a newer one follows."""
        for message in self._messages:
            message.push = replace(message.push, heartbeat=None)
        kept = (m for m in self._messages if m.push.reports)
        self._messages = deque(kept)

    def newest(self, patience: float) -> Message | None:
        """Wait for a message and return it without removing it; None: closed and empty.

        Messages of the last push are returned at once. Older messages, the newest of
        them first, are returned after `patience` seconds without another push.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._messages or self._closed)
            self._changed.wait_for(lambda: self._fresh or self._closed, patience)
            waiting = self._fresh or self._messages
            return waiting[-1] if waiting else None

    def forget(self, message: Message) -> None:
        """Remove a message that needs no further attempt."""
        with self._changed:
            # A full buffer may have dropped it while it was being sent.
            for messages in (self._messages, self._fresh):
                if message in messages:
                    messages.remove(message)

    def close(self) -> None:
        """Stop `newest` from waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    @property
    def dropped(self) -> int:
        """How many reports were dropped so far."""
        with self._changed:
            return self._dropped

    def __len__(self) -> int:
        """How many messages wait."""
        with self._changed:
            return len(self._messages)
