"""Project: the lists of one Hetzner project, page by page, within a deadline.

In: a client, an allowance. Out: what could be listed, and what went wrong.
It does not: retry. The library retries five times, with pauses of up to a
minute; here each call gets one attempt, and a look a budget of seconds. The
schedule, and the next failing run, come again by themselves.
Source of the names: Hetzner Cloud API, through hcloud-python 2.27.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from hcloud import APIException, Client
from requests import RequestException
from requests.exceptions import InvalidHeader

from parallax.inspect.allowance import Allowance
from parallax.model.balancer import Problem

TIMEOUT = (2.0, 5.0)
"""Seconds to connect, and between two bytes."""
PER_PAGE = 50
"""The most that Hetzner gives at once."""
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

type Loose = Any
"""hcloud's page results differ in type and are alike in shape."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list held as far as it came, and what ended it early."""

    items: tuple[Loose, ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A client with a read-only token, and what it may still ask."""

    client: Client
    allowance: Allowance

    def listed(self, what: str, deadline: float) -> Listed:
        """Return a whole list, e.g. `servers`, or the pages before the error."""
        ask = getattr(self.client, what).get_list
        items: list[Loose] = []
        try:
            within(deadline - monotonic(), lambda: _pages(ask, items))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            return Listed(tuple(items), error)
        return Listed(tuple(items))


def connect(
    token: str,
    endpoint: str,
    timeout: tuple[float, float] = TIMEOUT,
    allowance: Allowance | None = None,
) -> Project:
    """Return a project; `timeout` is seconds to connect and to read."""
    client = Client(
        token=token, api_endpoint=endpoint, application_name="parallax", timeout=timeout
    )
    allowance = allowance or Allowance()
    # hcloud has no public setting for either; tests count the attempts, and read
    # the headers.
    inner: Loose = client._client  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    inner._retry_max_retries = 0  # noqa: SLF001
    inner._session.hooks["response"].append(allowance.note)  # noqa: SLF001
    return Project(client, allowance)


def explained(error: Exception) -> tuple[Problem, str]:
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


def _pages(ask: Callable[..., Loose], items: list[Loose]) -> None:
    """Append every page to `items`, so that those before an error stay."""
    page = 1
    while page:
        found, meta = ask(page=page, per_page=PER_PAGE)
        items.extend(found)
        following = meta.pagination.next_page if meta and meta.pagination else None
        if following and following <= page:
            raise ValueError(f"page {following} follows page {page}")
        page = following


def within[T](seconds: float, ask: Callable[[], T]) -> T:
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
    thread.join(seconds := max(0.0, seconds))
    if "error" in answer:
        raise answer["error"]
    if "value" not in answer:
        raise TimeoutError(f"no complete answer within {seconds:.2g} s")
    return answer["value"]
