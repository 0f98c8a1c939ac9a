"""Squid: its own errors, and responses that passed through it.

Source: captures of 5.7. `X-Cache-Lookup: HIT` alone does not show a replay: 5.7
had a 503 in its store and requested it again.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

FAMILY = Family(
    name="squid",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="X-Squid-Error: Squid's own error",
            headers=(("x-squid-error", r"^ERR_"),),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            text="the title of Squid's own error page",
            body=r"<title>ERROR: The requested URL could not be retrieved</title>",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            text="Via or X-Cache-Lookup: the response passed through Squid",
            test=lambda r: (
                "(squid" in r.value("via").lower() or bool(r.value("x-cache-lookup"))
            ),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.KNOWLEDGE,
            text="Squid's X-Cache is HIT",
            headers=(("x-cache", r"^HIT from "), ("x-cache-lookup", ".")),
        ),
    ),
)
