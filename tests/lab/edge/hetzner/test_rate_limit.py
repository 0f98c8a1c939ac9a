"""Rate limit: the lab's Hetzner API counts requests like the real one."""

from lab.edge.hetzner.rate_limit import Limit


def test_the_limit_refills_evenly() -> None:
    """A lab that runs for days does not run out of requests."""
    now = [1000.0]
    limit = Limit(lambda: now[0])
    for _ in range(3000):
        limit.take()
    headers = limit.headers(200)
    assert (headers["RateLimit-Limit"], headers["RateLimit-Remaining"]) == (
        "3600",
        "600",
    )
    assert headers["RateLimit-Reset"] == "4000"
    now[0] += 1001
    limit.take()
    assert limit.headers(200)["RateLimit-Remaining"] == "1600"


def test_a_429_shows_no_remaining_requests() -> None:
    """It comes from a fault: one second later the limit is full again."""
    headers = Limit(lambda: 1000.0).headers(429)
    assert (headers["RateLimit-Remaining"], headers["RateLimit-Reset"]) == ("0", "1001")
