"""Lifecycle: start and stop as a `with` block.

In: a class with `start` and `stop`. Out: a context manager that always stops.
It does not: depend on what runs.
"""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Lifecycle(ABC):
    """Something that runs for the length of its `with` block."""

    @abstractmethod
    def start(self) -> None:
        """Start everything; after an error `__enter__` calls `stop`."""

    @abstractmethod
    def stop(self) -> None:
        """Stop everything that was started."""

    def __enter__(self) -> Self:
        """Start everything; on an error, stop what was started."""
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything, also after Ctrl-C."""
        self.stop()
