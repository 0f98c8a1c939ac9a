"""Fetch: send one request, and record its response or failure.

In: a `ProbeRequest`. Out: a `Probe`, with an error if there is no usable response.
It does not: follow redirects, reuse connections, cache, retry, or judge beyond the
target's own rule for a healthy response.
"""

import asyncio
import uuid
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

import httpx

from parallax.model.probe import ErrorType, Probe
from parallax.model.secret_text import without_secrets
from parallax.model.target import Method
from parallax.model.web_url import without_secret_values
from parallax.probe.bound import DETAIL, shortened
from parallax.probe.failure import Failure, NotSentError
from parallax.probe.probe_request import ProbeRequest
from parallax.probe.received import Received, cleaner, shown
from parallax.probe.trace import Trace
from parallax.probe.transport import Body, FreshTransport, Route
from parallax.rule import digest

SPACING = 0.003
"""Seconds between starts: in a burst the TLS phase is measured 40 times too long."""
_COUNTED = 4 * 1024 * 1024
"""Bytes after which the body is not read further."""
_TRANSPORT = FreshTransport()


async def fetch(request: ProbeRequest) -> Probe:
    """Send one request on a new connection, within `request.timeout` seconds.

    A failure of the network never raises, nor does a defect of our own: that becomes
    `ErrorType.OTHER` with its text, so that no other probe is lost.
    Raises `NotSentError` if this machine has no resources left to send it.
    """
    request_id = uuid.uuid4().hex
    trace = Trace()
    received = Received()
    failure: Failure | None = None
    started_at = datetime.now(UTC)
    try:
        async with asyncio.timeout(request.timeout):
            await _exchange(request, request_id, trace, received)
    except NotSentError:
        raise
    except Failure as error:
        failure = error
    except TimeoutError:
        detail = f"no complete response within {request.timeout:.3g} s"
        failure = Failure(ErrorType.TIMEOUT, detail)
    except Exception as error:  # noqa: BLE001 - it always returns a probe
        failure = Failure(ErrorType.OTHER, f"{type(error).__name__}: {error}")
    if failure is not None:
        trace.leave()
    return Probe(
        role=request.role,
        request_id=request_id,
        url=without_secret_values(request.url),
        started_at=started_at,
        duration=trace.duration,
        **_outcome(request, trace, received, failure),
    )


async def _exchange(
    request: ProbeRequest, request_id: str, trace: Trace, received: Received
) -> None:
    """Send the request and receive the response, piece by piece."""
    response = await _TRANSPORT.handle_async_request(
        _request(request, request_id, trace)
    )
    body = cast("Body", response.stream)
    received.status_code = response.status_code
    try:
        async for piece in body:
            received.count += len(piece)
            received.body += piece[: request.body_limit - len(received.body)]
            if received.count > _COUNTED:
                break
        received.complete = body.complete
        trace.leave()  # what follows is our own work
    finally:
        await body.aclose()
        received.raw_headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.headers.raw
        )
        received.reason, received.headers = shown(response, received, request)


def _request(request: ProbeRequest, request_id: str, trace: Trace) -> httpx.Request:
    url = _parsed(request.url)
    headers = [
        ("Host", _authority(request.host, url)),
        ("User-Agent", request.user_agent),
        ("Accept", "*/*"),
        ("Accept-Encoding", "identity"),  # people and patterns read the body
        ("Connection", "close"),
        ("X-Request-ID", request_id),
        *request.headers,
        *_login(request, url),
    ]
    content = None if request.body is None else request.body.encode()
    if request.method is Method.POST:
        content = content or b""
        headers.append(("Content-Length", str(len(content))))
    route = Route(
        trace=trace,
        address=request.address,
        port=request.port,
        name=request.host,
        source_address=request.source_address,
        allow_private=request.allow_private,
        own_host=request.own_host,
        verify=request.verify,
        proxy_protocol=request.proxy_protocol,
        connect_timeout=request.connect_timeout,
        ends_at=asyncio.get_running_loop().time() + request.timeout,
    )
    return httpx.Request(
        request.method.value,
        url,
        headers=headers,
        content=content,
        extensions={"route": route},
    )


def _login(request: ProbeRequest, url: httpx.URL) -> tuple[tuple[str, str], ...]:
    """Return the login's header, if this connection may carry it."""
    if request.credential is None or not request.sends_login:
        return ()
    header = request.credential.header(url.scheme, verified=request.verify)
    return () if header is None else (header,)


def _authority(host: str | None, url: httpx.URL) -> str:
    """Return the value of `Host`; it has the port only if it is not the default."""
    if host is None:
        return url.netloc.decode()
    return host if url.port is None else f"{host}:{url.port}"


def _outcome(
    request: ProbeRequest, trace: Trace, received: Received, failure: Failure | None
) -> dict[str, Any]:
    """Return the fields of a `Probe` that the response decides."""
    body = received.body.decode("utf-8", "replace")
    stopped = failure is None and not received.complete
    is_cut = received.count > len(received.body) or stopped
    healthy, lacking = received.judged(
        request.healthy, trace.duration, failed=failure is not None, is_cut=is_cut
    )
    clean = cleaner(request)
    return {
        "server_address": request.host or _host(request.url),
        "peer_address": trace.peer_address,
        "peer_port": trace.peer_port,
        "phases": trace.phases,
        "certificate": trace.certificate,
        "status_code": received.status_code,
        "reason": received.reason,
        "headers": received.headers,
        "body": clean(body),
        "body_bytes": received.count,
        "body_truncated": is_cut,
        "healthy": healthy,
        "unmet": lacking or None,
        "rule": request.healthy and digest(request.healthy),
        "without_login": request.without_login or None,
        "method": request.method.value,
        "error_type": failure and failure.error_type,
        "error_phase": failure and trace.phase,
        # It may quote the first bytes of a response that is not HTTP.
        "error_detail": failure
        and shortened(without_secrets(clean(failure.detail)), DETAIL),
        "node": request.node,
        "pod": request.pod,
        "peer_node": request.peer_node,
        "proxy_protocol": request.proxy_protocol,
    }


@lru_cache(maxsize=256)
def _parsed(url: str) -> httpx.URL:
    """Parse a URL once: the same targets are probed every minute."""
    return httpx.URL(url)


def _host(url: str) -> str:
    try:
        return _parsed(url).raw_host.decode()
    except httpx.InvalidURL:
        return ""
