"""Bounded: a mapping that forgets what was used longest ago.

In: keys and values of one container. Out: the newest of them, up to a limit.
It does not: expire a value by time.
"""

from collections import OrderedDict


class Bounded[K, V]:
    """At most `limit` values."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return a value and count it as used, or None."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Store a value; the one used longest ago may go."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._limit:
            self._values.popitem(last=False)
