"""Caches: what may still be told as now."""

from parallax_agent.watch.cache import STALE_SECONDS, Cache, Lack, Told

OBJECT = {"metadata": {"name": "a"}}


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def test_nothing_is_told_before_the_first_list() -> None:
    """Not read is None, never empty."""
    cache = Cache()
    assert cache.told() == Told(None)
    assert not cache.answered(0)
    cache.put(("", "a"), OBJECT)
    assert cache.told().items is None
    cache.replace({})
    assert cache.told() == Told([])
    assert cache.answered(0)


def test_a_short_interruption_is_no_gap_and_a_long_one_is() -> None:
    """The bound counts from the first break, however often it is tried again."""
    clock = Clock()
    cache = Cache(clock)
    cache.replace({("", "a"): OBJECT})
    cache.live()
    cache.broke("gone")
    clock.now = STALE_SECONDS
    cache.broke("still gone")
    assert cache.told() == Told([OBJECT])
    clock.now += 1
    assert cache.told() == Told(None, "still gone")
    cache.replace({("", "a"): OBJECT})
    assert cache.told().items is None, "listed, but nobody watches it yet"
    cache.live()
    assert cache.told() == Told([OBJECT])


def test_what_is_forbidden_is_not_told_at_all() -> None:
    """A revoked right hides everything from then on."""
    cache = Cache()
    cache.replace({("", "a"): OBJECT})
    cache.broke("403", Lack.FORBIDDEN)
    assert cache.told() == Told(None, "403", Lack.FORBIDDEN)


def test_what_was_told_does_not_change_afterwards() -> None:
    """A cycle reads while the watch goes on."""
    cache = Cache()
    cache.replace({("", "a"): OBJECT})
    told = cache.told()
    cache.drop(("", "a"))
    cache.drop(("", "never there"))
    assert told.items == [OBJECT]
    assert cache.told().items == []
