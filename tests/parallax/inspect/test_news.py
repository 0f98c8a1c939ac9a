"""News: an unchanged reading of a healthy target is stored once an hour."""

from dataclasses import replace
from datetime import timedelta

from parallax.inspect.news import AFTER_FAILURE, News, failing_in
from parallax.model.balancer import BalancerReading
from parallax.targets.shard import is_hour_of
from tests.parallax import scenarios as s

MINUTE = timedelta(minutes=1)
BEFORE = next(
    n for n in range(60) if is_hour_of(s.balancer().target, s.NOW + (n + 1) * MINUTE)
)
"""Minutes from now until the minute before the target's own."""
ELSE = BEFORE + 2


def at(minutes: float, reading: BalancerReading | None = None) -> BalancerReading:
    """Return a reading, the same content unless given, so many minutes later."""
    return replace(reading or s.balancer(), read_at=s.NOW + minutes * MINUTE)


def stored(news: News, reading: BalancerReading, *failing: str) -> str:
    """Offer a reading, and store it if it is news; say how it was stored."""
    found = list(news.of([reading], failing, reading.read_at))
    for one in found:
        news.stored(one)
    return "".join("still" if one.still else "news" for one in found)


def test_an_unchanged_reading_is_stored_in_the_minute_before_its_judgement() -> None:
    """Once an hour, and it starts no judgement; a new container stores one at once."""
    news = News()
    every = [minute for minute in range(121) if stored(news, at(minute)) == "still"]
    assert every == [0, *range(BEFORE or 60, 121, 60)]


def test_a_change_is_stored_at_once() -> None:
    """A target that became unhealthy is news, and so is its return."""
    news = News()
    sick = s.balancer(healthy=0)
    stored(news, at(ELSE))
    offered = [at(ELSE + 1, sick), at(ELSE + 2, sick), at(ELSE + 3)]
    assert [stored(news, one) for one in offered] == ["news", "", "news"]


def test_every_reading_of_a_failing_target_is_stored() -> None:
    """A judgement needs one of now; for ten minutes also after the last failing run."""
    news, name = News(), s.balancer().target
    stored(news, at(ELSE))
    assert stored(news, at(ELSE + 1), name) == "news"
    last = AFTER_FAILURE // MINUTE
    assert {stored(news, at(ELSE + 1 + n)) for n in range(1, last)} == {"news"}
    assert stored(news, at(ELSE + 1 + last)) == ""


def test_a_reading_that_was_not_stored_is_offered_again() -> None:
    """Only what the journal took is remembered."""
    news = News()
    assert list(news.of([at(ELSE)], (), s.NOW))
    assert list(news.of([at(ELSE + 1)], (), s.NOW + MINUTE))


def test_the_records_of_failing_runs_name_their_targets() -> None:
    """The schedule's event names none, and neither does an odd record."""
    image = {"pk": {"S": "front"}, "kind": {"S": "run"}}
    records = [{"dynamodb": {"NewImage": image}}, {"dynamodb": {}}, {}]
    assert failing_in({"Records": records}) == {"front"}
    assert failing_in({"version": "0"}) == frozenset()
