"""Squid: its own errors and what came through it.

Source: captures of 5.7. X-Cache-Lookup: HIT alone is no replay: 5.7 found a 503
in its store and fetched it again all the same.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

FAMILY = Family(
    name="squid",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="X-Squid-Error: Squid's own error",
            headers=(("x-squid-error", r"^ERR_"),),
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.CAPTURED,
            says="the title of Squid's own error page",
            body=r"<title>ERROR: The requested URL could not be retrieved</title>",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.CAPTURED,
            says="Via or X-Cache-Lookup: it came through Squid",
            test=lambda r: (
                "(squid" in r.value("via").lower() or bool(r.value("x-cache-lookup"))
            ),
        ),
        Mark(
            shows=Shows.REPLAY,
            level=Level.KNOWLEDGE,
            says="Squid's X-Cache says HIT",
            headers=(("x-cache", r"^HIT from "), ("x-cache-lookup", ".")),
        ),
    ),
)
