"""Project: the lists of one Hetzner project, page by page, within a deadline.

In: a client, an allowance. Out: the items of a list, and the error that ended it.
It does not: retry. The library retries five times, with pauses of up to a minute;
here each call gets one attempt, and a reading a budget of seconds. The schedule, and
the next failing run, start a new reading.
Source: Hetzner Cloud API, pagination; hcloud-python 2.27, `_client.py`.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from parallax.http_limits import PIECE_BYTES, POOLS, whole_body
from parallax.inspect.allowance import Allowance
from parallax.inspect.shape import Json, identity, part

if TYPE_CHECKING:
    from hcloud import Client
    from requests import Response

TIMEOUT = (2.0, 5.0)
"""Seconds to connect, and between two bytes."""
PER_PAGE = 50
"""Hetzner's maximum."""
PAGE_BYTES = 16_000_000
"""Bytes of one page. Measured: 50 load balancers with 3 targets have 0.1 MB; with 150
targets and 30 services each, the limits of Hetzner's largest type, they have 12 MB."""
NO_FILTERS: Mapping[str, str] = {}
"""The whole list."""
PAGE_SECONDS = 10.0
"""Seconds for the whole body of a page, however slowly it arrives."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The items of a list up to its end, or up to the error that ended it early."""

    items: tuple[Json, ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A client with a read-only token, and the calls that it may still make."""

    client: "Client"
    allowance: Allowance

    def read_list(
        self, name: str, deadline: float, filters: Mapping[str, str] = NO_FILTERS
    ) -> Listing:
        """Return a whole list, e.g. `servers`, or the pages before the error.

        `name` is its path; the last part is the field that holds the items.
        """
        items: list[Json] = []
        try:
            within(
                deadline - monotonic(),
                lambda: _pages(self.client, name, items, deadline, filters),
            )
        except Exception as error:  # noqa: BLE001 - the reading reports any error
            return Listing(tuple(items), error)
        return Listing(tuple(items))


def connect(
    token: str,
    endpoint: str,
    timeout: tuple[float, float] = TIMEOUT,
    allowance: Allowance | None = None,
) -> Project:
    """Return a project; `timeout` is seconds to connect and to read."""
    from hcloud import Client  # noqa: PLC0415 - 40 ms that a stack without a token saves

    client = Client(
        token=token, api_endpoint=endpoint, application_name="parallax", timeout=timeout
    )
    allowance = allowance or Allowance()
    # hcloud has no public setting for either; tests count the attempts, and read
    # the headers.
    inner: Any = client._client  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    inner._retry_max_retries = 0  # noqa: SLF001
    inner._session.hooks["response"] += [allowance.note, _read]  # noqa: SLF001
    for adapter in inner._session.adapters.values():  # noqa: SLF001
        adapter.poolmanager.pool_classes_by_scheme = POOLS
    return Project(client, allowance)


def _read(response: "Response", *_: object, **__: object) -> None:
    """Read the body before requests does, which would read it without a limit."""
    pieces = response.iter_content(PIECE_BYTES)
    try:
        body = whole_body(pieces, response.raw, PAGE_BYTES, PAGE_SECONDS)
    except BaseException:
        response.close()
        raise
    untyped: Any = response  # requests has no public way to give it the body
    untyped._content = body  # noqa: SLF001


def _pages(
    client: "Client",
    name: str,
    items: list[Json],
    deadline: float,
    filters: Mapping[str, str],
) -> None:
    """Append every page to `items`, so that the pages before an error remain.

    It uses the library's own request method and takes the JSON as it is: the
    library's `get_list` raises for a whole page if one object on it is malformed.
    """
    page, most = 1, 0
    while page:
        response = _page(client, name, page, filters)
        items.extend(response[name.rpartition("/")[2]])
        pages = part(part(response, "meta"), "pagination")
        most = max(most, pages.get("total_entries") or 0)
        following: int | None = pages.get("next_page")
        if following and following <= page:
            raise ValueError(f"page {page} names page {following} as the next")
        if following and monotonic() >= deadline:
            raise TimeoutError(f"stopped before page {following}: out of time")
        page = following
    # If an object is deleted meanwhile, another moves to a page that was already read.
    count = len({identity(item) for item in items})
    if count < most:
        raise ValueError(f"read {count} of {most} {name}: the list changed meanwhile")


def _page(client: "Client", name: str, page: int, filters: Mapping[str, str]) -> Json:
    library: Any = client  # its request method has no types
    response: Json = library.request(
        "GET", f"/{name}", params={"page": page, "per_page": PER_PAGE, **filters}
    )
    if not isinstance(response[name.rpartition("/")[2]], list):
        raise TypeError(f"{name} is not a list")
    return response


def within[T](seconds: float, call: Callable[[], T]) -> T:
    """Run a call for so many seconds at most, or raise `TimeoutError`.

    It needs a thread, since a response that arrives byte by byte outlasts every socket
    timeout. The thread is a daemon: nothing waits for it.
    """
    result: dict[str, Any] = {}

    def run() -> None:
        try:
            result["value"] = call()
        except Exception as error:  # noqa: BLE001 - handed to the caller's thread
            result["error"] = error

    thread = threading.Thread(target=run, daemon=True, name="hetzner")
    thread.start()
    thread.join(seconds := max(0.0, seconds))
    if "error" in result:
        raise result["error"]
    if "value" not in result:
        raise TimeoutError(f"no complete response within {seconds:.2g} s")
    return result["value"]
