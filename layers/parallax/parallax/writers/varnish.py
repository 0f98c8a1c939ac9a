"""Varnish: its own errors, responses that passed through it, and cached ones.

Source: captures of 7.1.1. A refused or closed connection, a timeout, a sick backend and
an invalid response all give the same page. Two ids in X-Varnish mean a cache hit.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

FAMILY = Family(
    name="varnish",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="`Guru Meditation` with an `XID`: Varnish's own error page",
            body=r"Guru Meditation:</h[23]>\s*<p>\s*XID: \d+",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="`Server: Varnish` with X-Varnish: Varnish wrote this response",
            headers=(("server", r"^Varnish\b"), ("x-varnish", r"^\d")),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="the reason phrase `Backend fetch failed` with X-Varnish",
            status_codes=(503,),
            reason="Backend fetch failed",
            headers=(("x-varnish", r"^\d"),),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="X-Varnish: the response passed through Varnish",
            headers=(("x-varnish", r"^\d"),),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="Via names Varnish: the response passed through it",
            test=lambda r: (
                not r.value("x-varnish")[:1].isdigit()
                and "(varnish/" in r.value("via").lower()
            ),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.CAPTURED,
            text="two ids in X-Varnish: Varnish sent a cached response",
            headers=(("x-varnish", r"(?:^|, )\d+ \d+(?:,|$)"),),
        ),
    ),
)
