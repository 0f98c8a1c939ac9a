"""Response: what came back, in the form in which clues are looked for.

In: status code, reason, headers and body, as a probe or `curl -si` shows them.
Out: one frozen value with headers by name, and the head of the body.
It does not: judge anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

BODY_READ = 8_192
"""Characters of a body that are looked at; error pages are far shorter."""


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
        return cls(status_code, (reason or "").strip(), kept, body[:BODY_READ])

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
