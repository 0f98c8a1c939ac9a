"""Buffer: what waits to be pushed, the oldest first, and never more than fits.

In: one `Push` a cycle. Out: messages, each with an id that it keeps over all
attempts. It does not: send them, or write to a disk.
"""

import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from uuid import uuid4

from parallax.model.push import Push
from parallax_agent.parts import parts

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Message:
    """A push with the id it is sent under."""

    push: Push
    id: str = field(default_factory=lambda: f"msg_{uuid4().hex}")


class Buffer:
    """Messages between the loop that observes and the thread that sends."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._messages: deque[Message] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._dropped = 0

    def put(self, push: Push) -> None:
        """Take a push; a full buffer gives up its oldest and counts its reports."""
        with self._changed:
            for part in parts(push):
                if len(self._messages) >= self._capacity:
                    lost = self._messages.popleft()
                    self._dropped += len(lost.push.reports)
                    logger.warning(
                        "buffer full, oldest push dropped",
                        extra={"dropped": self._dropped},
                    )
                self._messages.append(Message(part))
            self._changed.notify()

    def oldest(self) -> Message | None:
        """Wait for a message, and leave it in; None: closed, and nothing is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._messages or self._closed)
            return self._messages[0] if self._messages else None

    def forget(self, message: Message) -> None:
        """Take out a message that is done with."""
        with self._changed:
            # A full buffer may have given it up while it was under way.
            if self._messages and self._messages[0] is message:
                self._messages.popleft()

    def close(self) -> None:
        """Let `oldest` wait no more."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    @property
    def dropped(self) -> int:
        """How many reports have been given up so far."""
        with self._changed:
            return self._dropped

    def __len__(self) -> int:
        """How many messages wait."""
        with self._changed:
            return len(self._messages)
