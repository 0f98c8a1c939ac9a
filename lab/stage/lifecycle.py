"""Held: what is started and stopped, as a `with` block.

In: a class with `start` and `stop`. Out: the same, stopped whatever happens.
It does not: know what runs.
"""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class Held(ABC):
    """Something that runs while its block does."""

    @abstractmethod
    def start(self) -> None:
        """Start everything; what fails half-way is stopped by `__enter__`."""

    @abstractmethod
    def stop(self) -> None:
        """Stop whatever had been started."""

    def __enter__(self) -> Self:
        """Start everything; on failure, stop what had been started."""
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
