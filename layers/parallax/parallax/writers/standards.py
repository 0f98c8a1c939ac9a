"""Standards: what Proxy-Status, Cache-Status, Age and Via say in their own words.

In: a `Response`. Out: clues. Sources: RFC 9209 and RFC 9211 (structured fields,
first member nearest the origin), RFC 9111 section 5.1, RFC 9110 section 7.6.3.
It does not: raise for a malformed field; such a field says nothing. None of the
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
"""Names that a field's free text may hold; the longer one first."""

_READ_BY_ITS_FAMILY = re.compile(
    r"\(varnish/|\(squid|\bcaddy\b|\bkong/|\(cloudfront\)|\b1\.1 google\b",
    re.IGNORECASE,
)
"""Members of Via that a family's own table reads."""


def clues(response: Response) -> list[Clue]:
    """Return what the standard fields say."""
    return [
        *_proxy_status(response),
        *_cache_status(response),
        *_age(response),
        *_via(response),
    ]


def _named(text: str) -> tuple[str, str]:
    """Find the family and hop that a field's name belongs to."""
    lowered = text.lower()
    for family, hop in KNOWN_HOPS.items():
        if family in lowered:
            return family.removeprefix("1.1 "), hop
    return "unknown", "unknown"


def _clue(name: str, shows: Shows, says: str) -> Clue:
    family, hop = _named(name)
    return Clue(family=family, hop=hop, shows=shows, level=Level.DOCUMENTED, says=says)


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
            says = f"Proxy-Status: {name} received this status from behind it"
            yield _clue(name, Shows.THROUGH, says)
        elif "error" in parameters:
            says = f"Proxy-Status: {name} made this answer, {parameters['error']}"
            yield _clue(name, Shows.OWN, says)
        else:
            yield _clue(name, Shows.THROUGH, f"Proxy-Status: it came through {name}")


def _cache_status(response: Response) -> Iterator[Clue]:
    for name, parameters in _members(response.value("cache-status")):
        if parameters.get("hit") is True:
            says = f"Cache-Status: {name} gave out what it had kept"
            yield _clue(name, Shows.REPLAY, says)
        else:
            yield _clue(name, Shows.THROUGH, f"Cache-Status: it came through {name}")


def _age(response: Response) -> Iterator[Clue]:
    """Take Age for a cache's only where something else speaks of a cache.

    An app may send Age itself, e.g. where it answers from a store of its own.
    """
    age = response.value("age")
    if not re.fullmatch(r"\d{1,10}", age) or int(age) == 0:
        return
    if any(map(EDGE.search, response.by_name)):
        says = f"Age: a cache has kept this for {int(age)} s"
        yield _clue(response.value("via"), Shows.REPLAY, says)
    else:
        says = f"Age alone: a cache kept this for {int(age)} s, or the app says so"
        yield _clue("", Shows.THROUGH, says)


def _via(response: Response) -> Iterator[Clue]:
    """Tell of every proxy in Via: whoever stands there passed the answer on.

    A bare `1.1 varnish` without X-Varnish is how Fastly's own pages come as well.
    """
    for member in filter(None, map(str.strip, response.value("via").split(","))):
        if _READ_BY_ITS_FAMILY.search(member):
            continue
        fastlys = (
            member.lower() == "1.1 varnish" and "x-varnish" not in response.by_name
        )
        name = "fastly" if fastlys else member
        yield _clue(name, Shows.THROUGH, f"Via: it came through {member[:80]}")
