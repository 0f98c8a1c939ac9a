"""Redirects: where a response sends a browser, request by request.

In: a target, the response to its first request. Out: each further response.
It does not: decide whether a redirect is a fault. It stops at the first URL that it
requested before, at one that is not public, and after `MOST` responses.
Source: RFC 9110, sections 10.2.2 (Location) and 15.4 (redirection).
"""

from collections.abc import AsyncIterator, Callable, Sequence
from urllib.parse import urljoin

from parallax.model import web_url
from parallax.model.probe import Probe, Role
from parallax.model.target import Target
from parallax.probe import ProbeRequest, fetch

MOST = 10
"""Responses; browsers stop at 20, and a chain of ten is already a fault."""
STATUSES = frozenset({301, 302, 303, 307, 308})


def location(probe: Probe) -> str | None:
    """Return the URL that a redirect leads to; None: it is none."""
    if probe.status_code not in STATUSES:
        return None
    found = next((v for n, v in probe.headers if n.lower() == "location"), None)
    if found is None:
        return None
    try:
        url = urljoin(probe.url, found).partition("#")[0]
    except ValueError:  # a bracket without an IPv6 address
        return None
    return None if web_url.problem(url) else url


def loops(responses: Sequence[Probe]) -> str | None:
    """Return the URL to which the last of the responses leads back; None: to none."""
    leads = location(responses[-1])
    return leads if leads in {response.url for response in responses} else None


async def follow(
    target: Target, first: Probe, seen: Callable[[Probe], None]
) -> AsyncIterator[Probe]:
    """Yield the response of each URL that the redirects lead to."""
    known, url = {first.url}, location(first)
    while url is not None and url not in known and len(known) <= MOST:
        known.add(url)
        request = ProbeRequest(
            role=Role.FIRST,
            url=url,
            healthy=target.healthy,
            timeout=target.timeout_seconds,
            allow_private=target.allow_private_addresses,
            own_host=target.host,
        )
        response = await fetch(request)
        seen(response)
        yield response
        url = location(response)
