"""The lab's Hetzner API counts calls as the real one does."""

from lab.edge.hetzner.rate_limit import Limit


def test_what_was_used_comes_back_bit_by_bit() -> None:
    """A lab that stands for days is not short of calls for ever."""
    now = [1000.0]
    limit = Limit(lambda: now[0])
    for _ in range(3000):
        limit.take()
    told = limit.headers(200)
    assert (told["RateLimit-Limit"], told["RateLimit-Remaining"]) == ("3600", "600")
    assert told["RateLimit-Reset"] == "4000"
    now[0] += 1001
    limit.take()
    assert limit.headers(200)["RateLimit-Remaining"] == "1600"


def test_a_refusal_says_that_nothing_is_left() -> None:
    """It is a fault's: the next moment all is there."""
    told = Limit(lambda: 1000.0).headers(429)
    assert (told["RateLimit-Remaining"], told["RateLimit-Reset"]) == ("0", "1001")
