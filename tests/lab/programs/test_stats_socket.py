"""Stats socket: commands are sent again until HAProxy responds, with a limit."""

import asyncio
import socket
import tempfile
from collections.abc import Awaitable, Iterator
from functools import partial
from pathlib import Path

import pytest

from lab.case import load
from lab.edge.balancer import Balancer
from lab.programs import stats_socket
from lab.programs.program import ProgramError
from lab.programs.stats_socket import ask

STAT = "# pxname,svname,status,check_status\nservice_443,worker-01,UP,L4OK\n\n"


@pytest.fixture
def path() -> Iterator[Path]:
    """Return the path of a socket that does not exist yet; it must be short."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "haproxy.sock"


class HAProxy:
    """Replaces HAProxy: one response for each connection; the last one repeats.

    Without answers it is silent. Its socket appears at the n-th pause between two
    attempts; a pause takes no time.
    """

    def __init__(self, path: Path, *answers: str, at_pause: int = 1) -> None:
        self.path = path
        self.answers = list(answers)
        self.at_pause = at_pause
        self.commands: list[str] = []
        self._pauses = 0
        self._server: asyncio.Server | None = None

    async def pause(self, _seconds: float) -> None:
        """Replace `asyncio.sleep`."""
        self._pauses += 1
        if self._pauses == self.at_pause:
            self._server = await asyncio.start_unix_server(self._answer, self.path)

    async def asked(self, command: str = "show stat") -> str:
        """Return what `ask` returns."""
        return await self.until_done(ask(self.path, command, self.pause))

    async def until_done[T](self, question: Awaitable[T]) -> T:
        """Return the response to a command; the socket is closed after it."""
        try:
            return await question
        finally:
            if self._server:
                self._server.close()
                await self._server.wait_closed()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.commands.append((await reader.readline()).decode())
        if self.answers:
            first, *rest = self.answers
            self.answers = rest or [first]
            writer.write(first.encode())
        else:
            await reader.read()  # until the other side gives up
        writer.close()


def test_a_late_socket_is_awaited(path: Path) -> None:
    """It does not exist at first: HAProxy has just started."""
    haproxy = HAProxy(path, STAT, at_pause=3)
    assert asyncio.run(haproxy.asked()) == STAT
    assert haproxy.commands == ["show stat\n"]


def test_a_socket_without_a_listener_is_tried_again(path: Path) -> None:
    """A file of an earlier process refuses; the new process replaces it."""
    with socket.socket(socket.AF_UNIX) as earlier:
        earlier.bind(str(path))
    with socket.socket(socket.AF_UNIX) as user, pytest.raises(ConnectionRefusedError):
        user.connect(str(path))
    assert asyncio.run(HAProxy(path, STAT, at_pause=2).asked()) == STAT


@pytest.mark.parametrize("empty", ["", "\n"])
def test_an_empty_answer_is_none(path: Path, empty: str) -> None:
    """A worker that is being replaced closes without a response."""
    haproxy = HAProxy(path, empty, empty, STAT)
    assert asyncio.run(haproxy.asked()) == STAT
    assert len(haproxy.commands) == 3


def test_a_socket_that_is_never_created_is_an_error_with_its_path(path: Path) -> None:
    """It has the reason of the last attempt and the log to read."""
    haproxy = HAProxy(path, at_pause=-1)
    with pytest.raises(ProgramError) as error:
        asyncio.run(haproxy.asked("show info"))
    text = str(error.value)
    assert "HAProxy did not answer `show info`" in text
    assert str(path) in text
    assert "No such file or directory" in text
    assert "haproxy.log" in text


def test_responses_that_stay_empty_are_an_error(path: Path) -> None:
    """The number of attempts is limited; at the first there was no socket."""
    haproxy = HAProxy(path, "")
    with pytest.raises(ProgramError, match="the answer was empty"):
        asyncio.run(haproxy.asked())
    assert len(haproxy.commands) == stats_socket.ATTEMPTS - 1


def test_a_socket_that_accepts_without_a_response_is_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A response has its own timeout."""
    monkeypatch.setattr(stats_socket, "ANSWER_SECONDS", 0.0)
    with pytest.raises(ProgramError, match="no answer within 0 s"):
        asyncio.run(HAProxy(path).asked())


def test_health_is_read_from_a_late_socket(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start the lab reads health before HAProxy has its socket."""
    haproxy = HAProxy(path, "", STAT, at_pause=2)
    monkeypatch.setattr("lab.edge.balancer.ask", partial(ask, pause=haproxy.pause))
    balancer = Balancer(load(), path.parent)
    health = asyncio.run(haproxy.until_done(balancer.health()))
    assert list(health) == [(443, "worker-01")]
