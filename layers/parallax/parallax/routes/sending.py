"""Sending: one request to a receiver, within bytes and seconds, to public addresses.

In: a request. Out: nothing, if the receiver accepted it; else an error that says
whether a retry may help.
It does not: follow a redirect, retry, or put a URL or a header into an error: they have
secrets.
Source of what a status means: RFC 9110, section 15; RFC 6585 (429).
"""

import asyncio
from urllib.parse import urlsplit

import httpx

from parallax.model.plain import plain_line
from parallax.model.probe import ErrorType
from parallax.model.secret_text import without_secrets
from parallax.model.web_url import problem
from parallax.probe.failure import Failure, NotSentError
from parallax.probe.trace import Trace
from parallax.probe.transport import FreshTransport, Route
from parallax.routes.request import Request

SECONDS = 8.0
ANSWER = 1000
"""Bytes of an answer that are read; it states what is wrong with a request."""
SHOWN = 200
"""Characters of it in an error."""
TEMPORARY = frozenset({408, 425, 429})
"""Statuses below 500 after which the same request may be accepted."""
GATEWAY_TIMEOUT = 504
SENT = frozenset({"processing", "transfer"})
"""Phases in which the receiver may have the whole request."""
PERMANENT = frozenset({ErrorType.ADDRESS_NOT_ALLOWED})


class RejectedError(Exception):
    """No retry makes the receiver accept this request; the text says why."""


class UnavailableError(Exception):
    """The receiver did not accept the request now; the text says why.

    `is_unknown`: it may have accepted it, but did not say so.
    """

    def __init__(self, text: str, *, is_unknown: bool) -> None:
        super().__init__(text)
        self.is_unknown = is_unknown


def send(request: Request, *, allow_private: bool = False) -> int:
    """Send a request; return the status of success.

    `allow_private` also allows http and addresses that are not public. Raises
    `RejectedError` and `UnavailableError`.
    """
    return send_for_answer(request, allow_private=allow_private)[0]


def send_for_answer(
    request: Request, *, allow_private: bool = False
) -> tuple[int, bytes]:
    """Send a request as `send` does; return also the first `ANSWER` bytes."""
    _check(request.url, allow_private=allow_private)
    trace = Trace()
    try:
        status, answer = asyncio.run(_exchange(request, trace, allow_private))
    except TimeoutError as error:
        text = f"no complete response within {SECONDS:.3g} s"
        raise UnavailableError(text, is_unknown=trace.phase in SENT) from error
    except NotSentError as error:
        raise UnavailableError(str(error), is_unknown=False) from error
    except Failure as error:
        text = f"{error.error_type.value}: {error.detail}"
        if error.error_type in PERMANENT:
            raise RejectedError(text) from error
        raise UnavailableError(text, is_unknown=trace.phase in SENT) from error
    text, path = answer.decode(errors="replace"), urlsplit(request.url).path
    shown = text.replace(path, "/…") if path.strip("/") else text
    shown = request.without_secrets(shown)
    return _checked(status, shown), answer


def _check(url: str, *, allow_private: bool) -> None:
    wrong = problem(url)
    if wrong is None and not allow_private and urlsplit(url).scheme != "https":
        wrong = "the scheme is http; only https keeps the content private"
    if wrong is not None:
        # Only the reason: the sentence quotes the URL, whose path is a secret of chats.
        reason = wrong.rpartition(": ")[2]
        raise RejectedError(f"the URL of the receiver is not valid: {reason}")


async def _exchange(
    request: Request,
    trace: Trace,
    allow_private: bool,  # noqa: FBT001 - as `Route` has it
) -> tuple[int, bytes]:
    """Return status and the beginning of the answer."""
    async with asyncio.timeout(SECONDS):
        ends_at = asyncio.get_running_loop().time() + SECONDS
        route = Route(trace=trace, allow_private=allow_private, ends_at=ends_at)
        made = httpx.Request(
            request.method,
            request.url,
            content=request.body,
            headers={
                "User-Agent": "Parallax",
                "Accept-Encoding": "identity",
                "Connection": "close",
                **request.headers,
            },
            extensions={"route": route},
        )
        response = await FreshTransport().handle_async_request(made)
        return response.status_code, await _beginning(response)


async def _beginning(response: httpx.Response) -> bytes:
    """Return the first bytes of an answer; none if it ends early: the status counts."""
    answer = bytearray()
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - the transport's own
    try:
        async for piece in stream:
            answer += piece
            if len(answer) >= ANSWER:
                break
    except (Failure, TimeoutError):
        pass
    finally:
        await stream.aclose()
    return bytes(answer[:ANSWER])


def _checked(status: int, answer: str) -> int:
    if httpx.codes.is_success(status):
        return status
    shown = plain_line(without_secrets(answer))[:SHOWN].strip()
    text = f"HTTP {status}{f': {shown}' if shown else ''}"
    if httpx.codes.is_server_error(status) or status in TEMPORARY:
        raise UnavailableError(text, is_unknown=status == GATEWAY_TIMEOUT)
    raise RejectedError(text)
