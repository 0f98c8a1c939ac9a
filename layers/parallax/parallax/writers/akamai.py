"""Akamai: its reference number and its server name.

Sources: IBM's CDN pages (ts-503-error); a capture of 2011 by CDN Planet. Old.
"""

from parallax.writers.mark import Family, Level, Mark, Shows

_HEX = r"[\da-f]+"
_DOT = r"(?:\.|&#46;)"

FAMILY = Family(
    name="akamai",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            says="`Reference #…` under `Server: AkamaiGHost`: Akamai's own page",
            headers=(("server", r"^AkamaiGHost"),),
            body=rf"Reference(?:\s|&#32;|&nbsp;)*(?:#|&#35;){_HEX}{_DOT}{_HEX}{_DOT}",
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            says="`Server: AkamaiGHost`: it came through Akamai",
            headers=(("server", r"^AkamaiGHost"),),
        ),
    ),
)
