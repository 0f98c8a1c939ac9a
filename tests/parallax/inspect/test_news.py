"""News: an unchanged reading of a healthy target is not stored again."""

from dataclasses import replace
from datetime import timedelta

from parallax.inspect.news import AFTER_FAILURE, REPEATED, News, failing_in
from parallax.model.balancer import BalancerReading
from tests.parallax import scenarios as s

MINUTE = timedelta(minutes=1)


def at(minutes: float, reading: BalancerReading | None = None) -> BalancerReading:
    """Return a reading, the same content unless given, so many minutes later."""
    return replace(reading or s.balancer(), read_at=s.NOW + minutes * MINUTE)


def stored(news: News, reading: BalancerReading, *failing: str) -> bool:
    """Offer a reading, and store it if it is news; return whether it was."""
    found = news.of([reading], failing, reading.read_at)
    for one in found:
        news.stored(one)
    return bool(found)


def test_an_unchanged_reading_is_stored_every_half_hour() -> None:
    """A month of minutes costs two items an hour, not sixty."""
    news = News()
    every = [minute for minute in range(121) if stored(news, at(minute))]
    step = REPEATED // MINUTE
    assert every == [0, step, 2 * step, 3 * step, 4 * step]


def test_a_change_is_stored_at_once() -> None:
    """A target that became unhealthy is news, and so is its return."""
    news = News()
    sick = s.balancer(healthy=0)
    offered = [at(0), at(1, sick), at(2, sick), at(3)]
    assert [stored(news, one) for one in offered] == [True, True, False, True]


def test_every_reading_of_a_failing_target_is_stored() -> None:
    """A judgement needs one of now; for ten minutes also after the last failing run."""
    news, name = News(), s.balancer().target
    assert stored(news, at(0))
    assert stored(news, at(1), name)
    last = AFTER_FAILURE // MINUTE
    assert all(stored(news, at(1 + n)) for n in range(1, last))
    assert not stored(news, at(1 + last))


def test_a_reading_that_was_not_stored_is_offered_again() -> None:
    """Only what the journal took is remembered."""
    news = News()
    assert news.of([at(0)], (), s.NOW)
    assert news.of([at(1)], (), s.NOW + MINUTE)


def test_a_clock_that_was_set_back_stores_a_reading() -> None:
    """A last reading of the future would suppress all others until then."""
    news = News()
    assert stored(news, at(60))
    assert stored(news, at(0))


def test_the_records_of_failing_runs_name_their_targets() -> None:
    """The schedule's event names none, and neither does an odd record."""
    image = {"pk": {"S": "front"}, "kind": {"S": "run"}}
    records = [{"dynamodb": {"NewImage": image}}, {"dynamodb": {}}, {}]
    assert failing_in({"Records": records}) == {"front"}
    assert failing_in({"version": "0"}) == frozenset()
