"""Varnish: its own errors, what came through it, and what it kept.

Source: captures of 7.1.1. Refused, timed out, sick probe, garbage and closed
all give the same page. Two ids in X-Varnish mean that it answered from store.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

FAMILY = Family(
    name="varnish",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="`Guru Meditation` with an `XID`: Varnish's own error page",
            body=r"Guru Meditation:</h3>\s*<p>XID: \d+",
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="`Server: Varnish` beside X-Varnish: Varnish made this answer",
            headers=(("server", r"^Varnish\b"), ("x-varnish", r"^\d")),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="the reason phrase `Backend fetch failed` beside X-Varnish",
            status_codes=(503,),
            reason="Backend fetch failed",
            headers=(("x-varnish", r"^\d"),),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            says="X-Varnish or Via: it came through Varnish",
            test=lambda r: (
                r.value("x-varnish")[:1].isdigit()
                or "(varnish/" in r.value("via").lower()
            ),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.CAPTURED,
            says="two ids in X-Varnish: Varnish gave out what it had kept",
            headers=(("x-varnish", r"(?:^|, )\d+ \d+(?:,|$)"),),
        ),
    ),
)
