"""Logs: the lines of containers, each with a timestamp.

In: growing files. Out: lines with their times, old and new ones.
It does not: rotate. A container runtime stamps each line when it is written; the lab
reads the file ten times a second, so a timestamp is up to 0.1 s late.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

MOST_LINES = 20_000
READ_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `number` counts from the start of the log."""

    number: int
    at: datetime
    text: str

    @property
    def stamp(self) -> str:
        """The time as the kubelet writes it: RFC 3339 with nanoseconds."""
        return f"{self.at:%Y-%m-%dT%H:%M:%S.%f}000Z"


class Log:
    """One container's log."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.lines: deque[Line] = deque(maxlen=MOST_LINES)
        self._count = 0
        self._offset = 0
        self._rest = b""
        self._grown = asyncio.Event()

    def write(self, text: str) -> None:
        """Add one line with the current time."""
        self._count += 1
        self.lines.append(Line(self._count, datetime.now(UTC), text))
        self._grown.set()
        self._grown = asyncio.Event()

    async def follow_file(self) -> None:
        """Read new lines of the file until the task is canceled."""
        while self.path is not None:
            self._read()
            await asyncio.sleep(READ_SECONDS)

    def _read(self) -> None:
        if self.path is None or not self.path.exists():
            return
        if self.path.stat().st_size == self._offset:
            return
        with self.path.open("rb") as file:
            file.seek(self._offset)
            grown = file.read()
        self._offset += len(grown)
        *complete, self._rest = (self._rest + grown).split(b"\n")
        for line in complete:
            self.write(line.decode(errors="replace"))

    async def new_lines(self, after: int) -> AsyncIterator[Line]:
        """Yield every line after a number, without end."""
        while True:
            grown = self._grown
            for line in [x for x in self.lines if x.number > after]:
                after = line.number
                yield line
            await grown.wait()
