"""Lists of many pages, and lists that change while they are read."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from parallax.inspect import connect, read_balancers
from parallax.inspect import project as project_module
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.target import Target
from tests.agent.push.endless import CHUNKED, Serve, endless, serve
from tests.parallax.inspect.api import BALANCER, FRONT, NOW, TOKEN, Api, Reply

__all__ = ["serve"]
ADDRESS = "203.0.113.20"
NAMELESS = Target(name="nameless", url="https://front.example/")


def other(number: int) -> dict[str, Any]:
    """Make another balancer with an address of its own."""
    public = BALANCER["public_net"] | {
        "ipv4": {"ip": f"192.0.2.{number}", "dns_ptr": None},
        "ipv6": {"ip": f"2001:db8::ff:{number}", "dns_ptr": None},
    }
    more = {"id": 100 + number, "name": f"lb-{number}", "public_net": public}
    return BALANCER | more


def both(api: Api) -> list[BalancerReading]:
    """Read a target that names its balancer, and one that does not."""
    targets = (FRONT, NAMELESS)
    project = connect(TOKEN, api.url)
    return list(read_balancers(project, targets, NOW, addresses=lambda _: (ADDRESS,)))


def test_sixty_balancers_on_three_pages_are_reported_apart(api: Api) -> None:
    """By name and by address it is the one among them."""
    many = [other(n) for n in range(59)]
    api.balancers = [many[:25], many[25:50], [*many[50:], BALANCER]]
    named, nameless = both(api)
    assert (named.matched_by, nameless.matched_by) == (
        "by name",
        f"{ADDRESS} is its public IPv4",
    )
    assert {r.load_balancer.id for r in (named, nameless) if r.load_balancer} == {7}


def test_a_balancer_that_is_listed_twice_is_one(api: Api) -> None:
    """A new one moves another to the next page between two calls."""
    api.balancers = [[other(1), BALANCER], [BALANCER, other(2)]]
    api.totals = [4, 4]
    named, nameless = both(api)
    assert named.load_balancer == nameless.load_balancer
    assert nameless.matched_by == f"{ADDRESS} is its public IPv4"


def test_a_balancer_hidden_by_a_deletion_is_not_missing(api: Api) -> None:
    """Who slid onto a page that was read already is "not known" until next time."""
    api.balancers = [[other(1), other(2)], [other(3)]]
    api.totals = [4, 3]
    named, nameless = both(api)
    assert (named.problem, nameless.problem) == (Problem.OTHER, Problem.OTHER)
    assert "read 3 of 4 load_balancers: the list changed" in str(named.problem_detail)


def test_a_deleted_balancer_is_not_found(api: Api) -> None:
    """A complete list without it is proof; no second call is needed."""
    api.balancers, api.totals = [[other(1)]], [1]
    named, nameless = both(api)
    assert (named.problem, nameless.problem) == (Problem.NOT_FOUND, Problem.NOT_FOUND)
    assert "the project has: lb-1" in str(named.problem_detail)
    assert sum("load_balancers" in path for path in api.paths) == 1


@pytest.mark.parametrize(
    ("pieces", "problem", "word"),
    [
        (endless(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 99999), Problem.OTHER, "larger"),
        (endless(b"HTTP/1.1 500 No\r\n\r\n", b" " * 99999), Problem.OTHER, "larger"),
        (
            endless(CHUNKED + b"0\r\n", b"X: " + b"x" * 999 + b"\r\n"),
            Problem.UNREACHABLE,
            "no complete response within 0.2 s",
        ),
    ],
    ids=["body", "body of an error", "trailers"],
)
def test_a_response_that_never_ends_is_read_to_a_limit(
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    pieces: Iterator[bytes],
    problem: Problem,
    word: str,
) -> None:
    """After a limit of bytes or of seconds the thread that reads it ends too."""
    if problem is Problem.UNREACHABLE:
        monkeypatch.setattr(project_module, "PAGE_SECONDS", 0.2)
    before = set(threading.enumerate())
    (seen,) = read_balancers(connect(TOKEN, serve(pieces).rstrip("/")), (FRONT,), NOW)
    assert (seen.problem, word in str(seen.problem_detail)) == (problem, True)
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if thread.name == "hetzner"]


def test_informational_responses_without_end_time_out(serve: Serve) -> None:
    """The thread that reads them ends with the read timeout."""
    before = set(threading.enumerate())
    url = serve(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99)).rstrip("/")
    (seen,) = read_balancers(connect(TOKEN, url, timeout=(2.0, 0.2)), (FRONT,), NOW)
    assert seen.problem is Problem.UNREACHABLE
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if thread.name == "hetzner"]


def test_no_page_is_requested_after_the_budget(api: Api) -> None:
    """A slow API costs the pages that it has no time for, and no later calls."""
    api.balancers = [[BALANCER], [other(1)]]
    came = threading.Event()
    full = api.answer

    def slow(path: str, token: str | None) -> Reply:
        came.wait(10)
        return full(path, token)

    api.answer = slow
    before = set(threading.enumerate())
    (seen,) = read_balancers(connect(TOKEN, api.url), (FRONT,), NOW, budget=0.2)
    assert seen.problem is Problem.UNREACHABLE
    came.set()
    for thread in set(threading.enumerate()) - before:
        if thread.name == "hetzner":
            thread.join(5)
    assert [path.split("?")[1] for path in api.paths] == ["page=1&per_page=50"]
