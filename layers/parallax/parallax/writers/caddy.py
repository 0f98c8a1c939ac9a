"""Caddy: its own empty errors, and responses that passed through it.

Source: captures of 2.6.2 and 2.11.7. A response through 2.6 has two Server headers;
2.11 adds `Via: 1.1 Caddy`.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

FAMILY = Family(
    name="caddy",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="only `Server: Caddy` with an empty error page, without Via",
            status_codes=range(400, 600),
            headers=(("server", r"^Caddy$"),),
            without=(("via", r"Caddy"), ("content-type", "")),
            test=lambda r: r.is_empty and not r.vendor_seen,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="`Via: 1.1 Caddy`: the response passed through Caddy",
            headers=(("via", r"\bCaddy\b"),),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="`Server` names Caddy: the response passed through Caddy",
            headers=(("server", r"\bCaddy\b"),),
        ),
    ),
)
