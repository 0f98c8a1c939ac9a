"""Received: the parts of a response, what of them is stored, and what the rule says.

In: a request, and the response to it. Out: reason and headers without secrets; whether
the response is healthy by its target's rule. It does not: send or read anything.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from parallax.model.probe import Unmet
from parallax.model.secret_text import without_secrets
from parallax.model.target import Healthy
from parallax.probe.bound import REASON, kept_headers, shortened
from parallax.probe.probe_request import ProbeRequest
from parallax.probe.redact import LONGEST, redact
from parallax.rule import Response, unmet

_HEADERS = 16 * 1024
"""Bytes of headers; a stored probe has fewer."""


@dataclass(slots=True)
class Received:
    """The parts received so far; they remain if the rest fails."""

    status_code: int | None = None
    reason: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    raw_headers: tuple[tuple[str, str], ...] = ()
    """As they were sent; they are judged, and never stored."""
    body: bytearray = field(default_factory=bytearray)
    count: int = 0
    complete: bool = False

    def judged(
        self, rule: Healthy | None, seconds: float, *, failed: bool, is_cut: bool
    ) -> tuple[bool, tuple[Unmet, ...]]:
        """Return whether the response is healthy by a rule, and what it lacks."""
        if rule is None:
            return self.status_code is not None, ()
        if failed or self.status_code is None:
            return False, ()
        response = Response(
            status_code=self.status_code,
            headers=self.raw_headers,
            body=self.body.decode("utf-8", "replace"),
            is_cut=is_cut,
            seconds=seconds,
        )
        lacking = unmet(rule, response)
        return not lacking, lacking


def shown(
    response: httpx.Response, received: Received, request: ProbeRequest
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the reason phrase and the headers that fit, both without secrets."""
    clean = cleaner(request)
    reason = clean(response.extensions["reason_phrase"].decode("latin-1"))
    headers = (
        (clean(name), clean(value)[: LONGEST + 1])
        for name, value in received.raw_headers
    )
    # Redacted headers are shorter, so twice the limit is redacted.
    redacted = redact(kept_headers(headers, 2 * _HEADERS))
    return (
        shortened(without_secrets(reason[:LONGEST]), REASON),
        kept_headers(redacted, _HEADERS),
    )


def cleaner(request: ProbeRequest) -> Callable[[str], str]:
    """Return what removes the target's login from a text."""
    credential = request.credential
    return str if credential is None else credential.removed_from
