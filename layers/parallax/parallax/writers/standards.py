"""Standards: the clues of Proxy-Status, Cache-Status, Age and Via.

In: a `Response`. Out: clues. Sources: RFC 9209 and RFC 9211 (structured fields,
first member nearest the origin), RFC 9111 section 5.1, RFC 9110 section 7.6.3.
It does not: raise for a malformed field; such a field gives no clue. None of the
captured servers sends Proxy-Status or Cache-Status by default.
"""

import re
from collections.abc import Iterator
from typing import cast

from parallax.writers.mark import Clue, Level, Shows
from parallax.writers.response import EDGE, Response

type Member = tuple[str, dict[str, object]]
"""A proxy's or cache's name and its parameters."""

KNOWN_HOPS = {
    "haproxy": "load-balancer",
    "ingress-nginx": "ingress",
    "nginx": "ingress",
    "envoy": "ingress",
    "traefik": "ingress",
    "caddy": "ingress",
    "varnish": "cdn",
    "squid": "cdn",
    "fastly": "cdn",
    "cloudflare": "cdn",
    "cloudfront": "cdn",
    "akamai": "cdn",
    "kong": "ingress",
    "1.1 google": "load-balancer",
}
"""Names that a field's free text may contain; the longer one first."""

_READ_BY_ITS_FAMILY = re.compile(
    r"\(varnish/|\(squid|\bcaddy\b|\bkong/|\(cloudfront\)|\b1\.1 google\b",
    re.IGNORECASE,
)
"""Members of Via that a family's own table matches."""


def clues(response: Response) -> list[Clue]:
    """Return the clues of the standard fields."""
    return [
        *_proxy_status(response),
        *_cache_status(response),
        *_age(response),
        *_via(response),
    ]


def _named(text: str) -> tuple[str, str]:
    """Return the family and hop of a name in a field."""
    lowered = text.lower()
    for family, hop in KNOWN_HOPS.items():
        if family in lowered:
            return family.removeprefix("1.1 "), hop
    return "unknown", "unknown"


def _clue(name: str, shows: Shows, text: str) -> Clue:
    family, hop = _named(name)
    return Clue(family=family, hop=hop, shows=shows, level=Level.DOCUMENTED, text=text)


def _members(field: str) -> list[Member]:
    """Parse a list of tokens or strings with parameters; malformed is empty."""
    if not field:
        return []
    import http_sf  # noqa: PLC0415 - few answers have such a field

    try:
        parsed = http_sf.parse(field.encode("ascii"), tltype="list")
    except ValueError:
        return []
    pairs = cast("list[tuple[object, dict[str, object]]]", parsed)
    return [(str(name), parameters) for name, parameters in pairs]


def _proxy_status(response: Response) -> Iterator[Clue]:
    for name, parameters in _members(response.value("proxy-status")):
        if "received-status" in parameters:
            text = f"Proxy-Status: {name} received this status from its upstream"
            yield _clue(name, Shows.THROUGH, text)
        elif "error" in parameters:
            text = f"Proxy-Status: {name} wrote this response, {parameters['error']}"
            yield _clue(name, Shows.OWN, text)
        else:
            yield _clue(
                name, Shows.THROUGH, f"Proxy-Status: the response passed through {name}"
            )


def _cache_status(response: Response) -> Iterator[Clue]:
    for name, parameters in _members(response.value("cache-status")):
        if parameters.get("hit") is True:
            text = f"Cache-Status: {name} sent a cached response"
            yield _clue(name, Shows.REPLAY, text)
        else:
            yield _clue(
                name, Shows.THROUGH, f"Cache-Status: the response passed through {name}"
            )


def _age(response: Response) -> Iterator[Clue]:
    """Attribute Age to a cache only if another header shows a cache.

    An app may send Age itself, e.g. for a response from its own store.
    """
    age = response.value("age")
    if not re.fullmatch(r"\d{1,10}", age) or int(age) == 0:
        return
    if any(map(EDGE.search, response.by_name)):
        text = f"Age: a cache has stored this for {int(age)} s"
        yield _clue(response.value("via"), Shows.REPLAY, text)
    else:
        text = f"Age alone: a cache stored this for {int(age)} s, or the app sent Age"
        yield _clue("", Shows.THROUGH, text)


def _via(response: Response) -> Iterator[Clue]:
    """Return a clue for every proxy in Via, which passed the response on.

    `1.1 varnish` without X-Varnish is also on Fastly's own pages.
    """
    for member in filter(None, map(str.strip, response.value("via").split(","))):
        if _READ_BY_ITS_FAMILY.search(member):
            continue
        fastlys = (
            member.lower() == "1.1 varnish" and "x-varnish" not in response.by_name
        )
        name = "fastly" if fastlys else member
        yield _clue(
            name, Shows.THROUGH, f"Via: the response passed through {member[:80]}"
        )
