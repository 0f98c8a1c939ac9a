"""Response: what came back, in the form in which clues are looked for.

In: status code, reason, headers and body, as a probe or `curl -si` shows them;
a body may still be cut into chunks.
Out: one frozen value with headers by name, and the head of the body.
It does not: judge anything.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

BODY_READ = 8_192
"""Characters of a body that are looked at; error pages are far shorter."""
EDGE = re.compile(
    r"^(?:via|cf-ray|x-varnish|x-served-by|x-azure-ref)$|cache-status$"
    r"|^x-(?:proxy-)?cache|^x-amz-cf-|^x-akamai-"
)
"""Names of headers that CDNs and caches add; Age beside one of them is a cache's."""
_EDGE_SERVERS = ("cloudflare", "akamaighost", "cloudfront", "varnish", "squid")
_CHUNK = re.compile(r"([0-9A-Fa-f]{1,6})(?:;[^\r\n]*)?\r\n")


@dataclass(frozen=True)
class Response:
    """One HTTP answer. Header names keep their case, as it is a clue itself."""

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
        """Take an answer as it is; a missing reason (HTTP/2) becomes empty."""
        kept = tuple((name.strip(), value.strip()) for name, value in headers)
        text = body[:BODY_READ]
        return cls(status_code, (reason or "").strip(), kept, _without_chunks(text))

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Header values by lower-case name; repeated ones joined by a comma."""
        found: dict[str, str] = {}
        for name, value in self.headers:
            key = name.lower()
            found[key] = f"{found[key]}, {value}" if key in found else value
        return found

    def value(self, name: str) -> str:
        """Return a header's value by lower-case name, empty if absent."""
        return self.by_name.get(name, "")

    def order(self, *names: str) -> list[str]:
        """Return those of the lower-case names that are there, as they came."""
        return [n.lower() for n, _ in self.headers if n.lower() in names]

    @cached_property
    def edge_seen(self) -> bool:
        """Whether a CDN or cache in front of everything else left a trace."""
        server = self.value("server").lower()
        return server.startswith(_EDGE_SERVERS) or any(map(EDGE.search, self.by_name))

    @cached_property
    def sorted_by_go(self) -> bool:
        """Whether headers stand in the order in which a Go proxy passes them on.

        Go's `net/http` sorts what it was handed, and puts Date first in an answer of
        its own (`Header.WriteSubset`, `extraHeader.Write`). nginx writes Server first.
        """
        names = self.order("content-type", "date", "server")
        return names == ["content-type", "date", "server"] and not self.edge_seen

    @property
    def says_empty(self) -> bool:
        """Whether nothing was sent, rather than lost or left out for HEAD."""
        return not self.body.strip() and self.value("content-length") in ("", "0")


def _without_chunks(body: str) -> str:
    """Join the chunks of a body that holds nothing else; the last may be cut off."""
    parts: list[str] = []
    place = 0
    while found := _CHUNK.match(body, place):
        place = found.end() + int(found[1], 16)
        parts.append(body[found.end() : place])
        if body[place : place + 2] not in ("\r\n", ""):
            return body
        place += 2
    whole = place >= len(body) or body[place:].strip() == ""
    return "".join(parts) if parts and whole else body
