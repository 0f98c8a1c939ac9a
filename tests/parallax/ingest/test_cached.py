"""Cached: one reading serves for some seconds."""

import pytest

from parallax.ingest.cached import Cached


def test_a_value_is_read_again_after_its_time() -> None:
    """Nodes that ask at once cost one reading; later there is another."""
    clock, read = [100.0], iter(range(9))
    cached = Cached(lambda: next(read), 3.0, lambda: clock[0])
    assert [cached() for _ in range(5)] == [0] * 5
    clock[0] += 3.0
    assert cached() == 1


def test_a_failed_reading_is_repeated() -> None:
    """An old value would look current."""
    clock = [0.0]
    values = iter([1])
    cached = Cached(lambda: next(values), 3.0, lambda: clock[0])
    assert cached() == 1
    clock[0] += 3.0
    for _ in range(2):
        with pytest.raises(StopIteration):
            cached()
