"""Balancers: one look at the API serves every target.

In: `GET /load_balancers` and `GET /servers`, all pages. Out: readings.
It does not: wait for long. The library retries five times, with pauses of up to
a minute; here it gets one attempt, and both lists together a budget of seconds.
The schedule, and the next failing run, come again by themselves.
Source of the names: Hetzner Cloud API, through hcloud-python 2.27.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Any

from hcloud import APIException, Client
from hcloud.load_balancers.client import BoundLoadBalancer
from hcloud.servers.client import BoundServer
from requests import RequestException
from requests.exceptions import InvalidHeader

from parallax.inspect.convert import convert
from parallax.model.balancer import BalancerReading, Problem
from parallax.model.target import Target

BUDGET = 10.0
"""Seconds for all of a reading; a hanging API must not hold up the stream."""
TIMEOUT = (2.0, 5.0)
"""Seconds to connect, and between two bytes."""
PROBLEMS = {
    "unauthorized": Problem.UNAUTHORIZED,
    "forbidden": Problem.FORBIDDEN,
    "rate_limit_exceeded": Problem.RATE_LIMITED,
    "not_found": Problem.NOT_FOUND,
    401: Problem.UNAUTHORIZED,
    403: Problem.FORBIDDEN,
    404: Problem.NOT_FOUND,
    429: Problem.RATE_LIMITED,
}
"""Hetzner's error code, or the HTTP status where the body names none."""

log = logging.getLogger(__name__)


def connect(
    token: str, endpoint: str, timeout: tuple[float, float] = TIMEOUT
) -> Client:
    """Return a client that asks once; `timeout` is seconds to connect and to read."""
    client = Client(
        token=token, api_endpoint=endpoint, application_name="parallax", timeout=timeout
    )
    # hcloud has no public setting for it; a test counts the attempts.
    client._client._retry_max_retries = 0  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return client


def read(
    client: Client, targets: Sequence[Target], now: datetime, budget: float = BUDGET
) -> tuple[BalancerReading, ...]:
    """Read the balancers of all targets; never raises for what the API does.

    `now` stamps the readings and is the moment before the API is asked: what
    the reading says is at least that fresh. `budget` is in seconds. A target that
    names no load balancer gets no reading.
    """
    wanted = [target for target in targets if target.reached.load_balancer]
    if not wanted:
        return ()
    deadline = monotonic() + budget
    try:
        balancers = _within(budget, client.load_balancers.get_all)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told as a problem
        return unread(wanted, now, *_problem(error))
    try:
        servers = _within(deadline - monotonic(), client.servers.get_all)
    except Exception as error:  # noqa: BLE001 - names are dear, health is dearer
        log.warning("servers stay without names: %s", error)
        servers = []
    return tuple(_reading(target, balancers, servers, now) for target in wanted)


def _problem(error: Exception) -> tuple[Problem, str]:
    """Return Hetzner's word for what went wrong, and its text."""
    if isinstance(error, APIException):
        return PROBLEMS.get(error.code, Problem.OTHER), f"{error}"
    if isinstance(error, InvalidHeader | UnicodeEncodeError):
        # Their texts repeat the token.
        return Problem.UNAUTHORIZED, "the token holds what no HTTP header may hold"
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, RequestException | TimeoutError):
        return Problem.UNREACHABLE, text
    return Problem.OTHER, text  # an answer of a shape that nobody knows


def unread(
    targets: Sequence[Target], now: datetime, problem: Problem, detail: str
) -> tuple[BalancerReading, ...]:
    """Return a reading that says why there is none, for each target with a balancer."""
    return tuple(
        BalancerReading(
            target=target.name, read_at=now, problem=problem, problem_detail=detail
        )
        for target in targets
        if target.reached.load_balancer
    )


def _reading(
    target: Target,
    balancers: Sequence[BoundLoadBalancer],
    servers: Sequence[BoundServer],
    now: datetime,
) -> BalancerReading:
    name = target.reached.load_balancer
    # Within a project, which is what a token opens, Hetzner takes no name twice.
    for balancer in balancers:
        if balancer.name == name:
            return BalancerReading(
                target=target.name,
                read_at=now,
                load_balancer=convert(balancer, servers),
            )
    known = ", ".join(sorted(str(b.name) for b in balancers)) or "none"
    detail = f"no load balancer is named {name!r}; the project has: {known}"
    return unread([target], now, Problem.NOT_FOUND, detail)[0]


def _within[T](seconds: float, ask: Callable[[], T]) -> T:
    """Run something for so many seconds at most, or raise `TimeoutError`.

    A thread, since an answer that drips in byte by byte outlasts every socket
    timeout. It is left behind as a daemon: nothing waits for it.
    """
    answer: dict[str, Any] = {}

    def run() -> None:
        try:
            answer["value"] = ask()
        except Exception as error:  # noqa: BLE001 - handed to the caller's thread
            answer["error"] = error

    thread = threading.Thread(target=run, daemon=True, name="hetzner")
    thread.start()
    thread.join(seconds)
    if "error" in answer:
        raise answer["error"]
    if "value" not in answer:
        raise TimeoutError(f"no complete answer within {seconds:g} s")
    return answer["value"]
