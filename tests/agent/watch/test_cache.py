"""Caches: which objects count as current."""

from parallax_agent.watch.cache import STALE_SECONDS, Cache, CacheView, Unavailable

OBJECT = {"metadata": {"name": "a"}}


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_nothing_is_known_before_the_first_list() -> None:
    """Not read is None, never empty."""
    cache = Cache()
    assert cache.view() == CacheView(None)
    assert not cache.answered(0)
    cache.put(("", "a"), OBJECT)
    assert cache.view().items is None
    cache.replace({})
    assert cache.view() == CacheView([])
    assert cache.answered(0)


def test_a_short_interruption_is_no_gap_and_a_long_one_is() -> None:
    """The limit counts from the first failure, however often it is retried."""
    clock = Clock()
    cache = Cache(clock)
    cache.replace({("", "a"): OBJECT})
    cache.mark_live()
    cache.mark_broken("gone")
    clock.now = STALE_SECONDS
    cache.mark_broken("still gone")
    assert cache.view() == CacheView([OBJECT])
    clock.now += 1
    assert cache.view() == CacheView(None, "still gone")
    cache.replace({("", "a"): OBJECT})
    assert cache.view().items is None, "listed, but nobody watches it yet"
    cache.mark_live()
    assert cache.view() == CacheView([OBJECT])


def test_forbidden_objects_are_never_current() -> None:
    """A revoked permission hides everything from then on."""
    cache = Cache()
    cache.replace({("", "a"): OBJECT})
    cache.mark_broken("403", Unavailable.FORBIDDEN)
    assert cache.view() == CacheView(None, "403", Unavailable.FORBIDDEN)


def test_a_view_does_not_change_afterwards() -> None:
    """A cycle reads while the watch continues."""
    cache = Cache()
    cache.replace({("", "a"): OBJECT})
    view = cache.view()
    cache.drop(("", "a"))
    cache.drop(("", "never there"))
    assert view.items == [OBJECT]
    assert cache.view().items == []
