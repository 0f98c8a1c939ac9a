"""The model of a function URL: its two limits, and who gets through a flood."""

from load.function_url import FunctionUrl


def accepted(url: FunctionUrl, times: list[float], seconds: float) -> int:
    """Offer requests at these times, each of this duration; count the accepted."""
    found = 0
    for at in times:
        if url.accepts(at):
            found += 1
            url.occupy(at + seconds)
    return found


def test_ten_requests_a_second_for_each_execution() -> None:
    """However short they are."""
    times = [number / 1_000 for number in range(1_000)]
    assert accepted(FunctionUrl(5), times, 0.0001) == 50


def test_no_more_requests_at_once_than_executions() -> None:
    """However few they are."""
    assert accepted(FunctionUrl(5), [0.0] * 20, 30.0) == 5


def test_the_next_second_accepts_again() -> None:
    """The limit is for each second."""
    times = [number / 100 for number in range(200)]
    assert accepted(FunctionUrl(1), times, 0.001) == 20


def test_a_flood_leaves_the_agents_its_share() -> None:
    """Of 1,000 foreign requests a second 50 are accepted, and so is one in 20."""
    url = FunctionUrl(5, flood=1_000.0, flood_seconds=0.001)
    times = [number * 0.137 for number in range(2_000)]
    assert 80 <= accepted(url, times, 0.01) <= 120
    assert url.refused > 1_800


def test_a_flood_that_aws_refuses_costs_the_agents_nothing() -> None:
    """With IAM, foreign requests do not reach the limits."""
    url = FunctionUrl(5, flood=1_000_000.0, flood_seconds=1.0, public=False)
    times = [number * 0.137 for number in range(2_000)]
    assert accepted(url, times, 0.01) == 2_000
