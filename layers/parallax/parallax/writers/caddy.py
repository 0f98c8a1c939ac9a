"""Caddy: an empty error of its own, and what came through it.

Source: captures of 2.6.2 and 2.11.7. Passing through, 2.6 leaves two Server
headers and 2.11 adds `Via: 1.1 Caddy`.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

FAMILY = Family(
    name="caddy",
    hop="ingress",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="`Server: Caddy` alone over an empty error page, without Via",
            status_codes=range(400, 600),
            headers=(("server", r"^Caddy$"),),
            without=(("via", r"Caddy"), ("content-type", "")),
            test=lambda r: r.says_empty,
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            says="`Via: 1.1 Caddy`: it came through Caddy",
            headers=(("via", r"\bCaddy\b"),),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            says="`Server` names Caddy: it came through Caddy",
            headers=(("server", r"\bCaddy\b"),),
        ),
    ),
)
