"""Response: an HTTP response in the form that marks are matched with.

In: status code, reason, headers and body, from a probe or `curl -si`; the body may
still be chunked.
Out: one frozen value with headers by name, and the start of the body.
It does not: judge.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

BODY_READ = 8_192
"""Characters of a body that are matched; error pages are much shorter."""
EDGE = re.compile(
    r"^(?:via|cf-ray|x-varnish|x-served-by|x-azure-ref)$|cache-status$"
    r"|^x-(?:proxy-)?cache|^x-amz-cf-|^x-akamai-"
)
"""Names of headers that CDNs and caches add; with one of them, Age is a cache's."""
_VENDORS = re.compile(
    r"^(?:x-amzn-|x-amz-(?!cf-)|apigw|x-iinfo|x-cdn$|x-sucuri|x-vercel|x-railway|x-nf-"
    r"|rndr-|x-render|fly-|x-kong-response|x-ms-|x-generator$|x-krakend|x-cf-|x-goog"
    r"|x-cloud-trace|x-github|ngrok-|l5d-|audit-id|x-kubernetes|x-apisix|x-akamai|x-do-"
    r"|x-via-|x-waf|x-tt-|cf-mitigated|x-datadome|x-global-transaction-id$)"
)
"""Names of headers of gateways, platforms and shields, which write their own errors."""
_EDGE_SERVERS = ("cloudflare", "akamaighost", "cloudfront", "varnish", "squid")
_CHUNK = re.compile(r"([0-9A-Fa-f]{1,6})(?:;[^\r\n]*)?\r\n")


@dataclass(frozen=True)
class Response:
    """One HTTP response. Header names keep their case, which is a clue itself."""

    status_code: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @classmethod
    def of(
        cls,
        status_code: int,
        reason: str | None,
        headers: Sequence[tuple[str, str]],
        body: str,
    ) -> "Response":
        """Return a response; a missing reason (HTTP/2) becomes empty."""
        stripped = tuple((name.strip(), value.strip()) for name, value in headers)
        text = body[:BODY_READ]
        return cls(status_code, (reason or "").strip(), stripped, _without_chunks(text))

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Header values by lower-case name; repeated ones joined by a comma."""
        values: dict[str, str] = {}
        for name, value in self.headers:
            key = name.lower()
            values[key] = f"{values[key]}, {value}" if key in values else value
        return values

    def value(self, name: str) -> str:
        """Return a header's value by lower-case name, empty if absent."""
        return self.by_name.get(name, "")

    def order(self, *names: str) -> list[str]:
        """Return the present ones of these lower-case names, in their order."""
        return [n.lower() for n, _ in self.headers if n.lower() in names]

    @cached_property
    def edge_seen(self) -> bool:
        """Whether a CDN or cache in front of everything else left a trace."""
        server = self.value("server").lower()
        return server.startswith(_EDGE_SERVERS) or any(map(EDGE.search, self.by_name))

    @cached_property
    def vendor_seen(self) -> bool:
        """Whether a gateway, platform or shield left its header."""
        return any(map(_VENDORS.match, self.by_name))

    @cached_property
    def sorted_by_go(self) -> bool:
        """Whether headers are in the order of a proxy written in Go.

        Go's `net/http` sorts the headers that it passes on, and writes Date first in
        its own response (`Header.WriteSubset`, `extraHeader.Write`). nginx writes
        Server first.
        """
        names = self.order("content-type", "date", "server")
        return names == ["content-type", "date", "server"] and not self.edge_seen

    @property
    def is_empty(self) -> bool:
        """Whether the body is empty, rather than truncated or omitted for HEAD."""
        return not self.body.strip() and self.value("content-length") in ("", "0")


def _without_chunks(body: str) -> str:
    """Join the chunks of a body that has only chunks; the last may be truncated."""
    parts: list[str] = []
    place = 0
    while size := _CHUNK.match(body, place):
        place = size.end() + int(size[1], 16)
        parts.append(body[size.end() : place])
        if body[place : place + 2] not in ("\r\n", ""):
            return body
        place += 2
    whole = place >= len(body) or body[place:].strip() == ""
    return "".join(parts) if parts and whole else body
