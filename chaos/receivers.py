"""Receivers: the chats, pagers and systems that get alerts, and a network to them.

In: requests as the routes' function sends them. Out: responses, or what a broken
network does; each accepted request in the ledger.
It does not: check the content; tests of each format do.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from chaos import kinds
from chaos.dice import Dice
from chaos.platform import Killed, Platform
from parallax.model.probe import ErrorType
from parallax.probe.failure import Failure, NotSentError
from parallax.routes import sending

DOWN = {
    "no-network": ("connect", ErrorType.HOST_UNREACHABLE),
    "name-lost": ("resolve", ErrorType.NAME_NOT_RESOLVED),
    "connection-refused": ("connect", ErrorType.CONNECTION_REFUSED),
}


@dataclass
class Receivers:
    """All receivers of a case.

    `accepted` is called with the name of the route whose receiver took a request,
    `unknown` with one that cannot know it. `current` is the route that sends now.
    """

    platform: Platform
    dice: Dice
    accepted: Callable[[str], None]
    unknown: Callable[[str], None]
    current: str = ""
    concerns: bool = True
    """Whether a fault may happen to the present message."""
    down: dict[str, float] = field(default_factory=dict[str, float])
    """Routes whose receiver is out of reach, until a second of the case."""

    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        trace = request.extensions["route"].trace
        self.platform.wait(0.2)
        possible = kinds.RECEIVER if self.concerns else ()
        kind = self.dice.roll("receiver", self.current, possible)
        if self.platform.clock.seconds < self.down.get(self.current, 0.0):
            kind = "no-network"
        trace.phase = "processing"
        if kind in kinds.LOST_ANSWER:
            self.unknown(self.current)
        if kind in DOWN:
            trace.phase, error = DOWN[kind]
            raise Failure(error, kind)
        match kind:
            case None:
                return self._taken(200)
            case "kill-before":
                raise Killed
            case "kill-after":
                self.accepted(self.current)
                raise Killed
            case "hangs" | "reset":
                self._maybe()
                self.platform.wait(sending.SECONDS if kind == "hangs" else 0.0)
                if kind == "hangs":
                    raise TimeoutError
                raise Failure(ErrorType.CONNECTION_CLOSED, kind)
            case "status-504":
                self._maybe()
            case _:
                pass
        return httpx.Response(int((kind or "").rpartition("-")[2]), content=b"no")

    def _taken(self, status: int) -> httpx.Response:
        self.accepted(self.current)
        return httpx.Response(status, content=b"ok")

    def _maybe(self) -> None:
        """Half of the requests without an answer were taken."""
        if self.dice.step % 2:
            self.accepted(self.current)


class Transport:
    """Stands in for the transport of `parallax.routes.sending`."""

    receivers: Receivers | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass a request to the receivers of the present case."""
        if self.receivers is None:
            raise NotSentError("no case runs")
        return self.receivers.handle(request)
