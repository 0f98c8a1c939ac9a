"""Project: the lists of one Hetzner project, page by page, within a deadline.

In: a client, an allowance. Out: what could be listed, and what went wrong.
It does not: retry. The library retries five times, with pauses of up to a
minute; here each call gets one attempt, and a look a budget of seconds. The
schedule, and the next failing run, come again by themselves.
Source: Hetzner Cloud API, pagination; hcloud-python 2.27, `_client.py`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

from hcloud import Client

from parallax.inspect.allowance import Allowance
from parallax.inspect.shape import Json, identity, part

TIMEOUT = (2.0, 5.0)
"""Seconds to connect, and between two bytes."""
PER_PAGE = 50
"""The most that Hetzner gives at once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list held as far as it came, and what ended it early."""

    items: tuple[Json, ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A client with a read-only token, and what it may still ask."""

    client: Client
    allowance: Allowance

    def listed(self, what: str, deadline: float) -> Listed:
        """Return a whole list, e.g. `servers`, or the pages before the error."""
        items: list[Json] = []
        try:
            within(
                deadline - monotonic(),
                lambda: _pages(self.client, what, items, deadline),
            )
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
    inner: Any = client._client  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    inner._retry_max_retries = 0  # noqa: SLF001
    inner._session.hooks["response"].append(allowance.note)  # noqa: SLF001
    return Project(client, allowance)


def _pages(client: Client, what: str, items: list[Json], deadline: float) -> None:
    """Append every page to `items`, so that those before an error stay.

    It asks by the library's own request method and takes the JSON as it is: the
    library's `get_list` raises for a whole page where one object on it is odd.
    """
    page, most = 1, 0
    while page:
        answer = _page(client, what, page)
        items.extend(answer[what])
        pages = part(part(answer, "meta"), "pagination")
        most = max(most, pages.get("total_entries") or 0)
        following: int | None = pages.get("next_page")
        if following and following <= page:
            raise ValueError(f"page {following} follows page {page}")
        if following and monotonic() >= deadline:
            raise TimeoutError(f"page {following} is not asked for: no time is left")
        page = following
    # One that was deleted meanwhile moves another onto a page that was read before.
    came = len({identity(item) for item in items})
    if came < most:
        raise ValueError(f"{came} of {most} {what} came: the list changed meanwhile")


def _page(client: Client, what: str, page: int) -> Json:
    library: Any = client  # its request method has no types
    answer: Json = library.request(
        "GET", f"/{what}", params={"page": page, "per_page": PER_PAGE}
    )
    if not isinstance(answer[what], list):
        raise TypeError(f"{what} is no list")
    return answer


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
