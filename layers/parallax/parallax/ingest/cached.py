"""Cached: a value that a container reads again after some seconds.

In: a function that reads it. Out: the value, at most so many seconds old.
It does not: keep an old value if reading fails.
"""

from collections.abc import Callable
from time import monotonic


class Cached[T]:
    """The result of `read`, read again once it is `seconds` old."""

    def __init__(
        self,
        read: Callable[[], T],
        seconds: float,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._now = now
        self._value: tuple[float, T] | None = None

    def __call__(self) -> T:
        """Return the value. Raises what reading it raises."""
        now = self._now()
        if self._value is None or now - self._value[0] >= self._seconds:
            self._value = now, self._read()
        return self._value[1]
