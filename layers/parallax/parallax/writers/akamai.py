"""Akamai: its reference number and its server name.

Sources: IBM's CDN pages (ts-503-error); a capture of 2011 by CDN Planet. Newer pages
end with a link to errors.edgesuite.net that repeats the reference, as quoted from sites
that use Akamai (www.myntra.com, www2.hm.com, 2026).
"""

from parallax.writers.mark import Family, Level, Mark, Shows, own

_HEX = r"[\da-f]+"
_DOT = r"(?:\.|&#46;)"
_REFERENCE = rf"Reference(?:\s|&#32;|&nbsp;)*(?:#|&#35;){_HEX}{_DOT}{_HEX}{_DOT}"

FAMILY = Family(
    name="akamai",
    hop="cdn",
    marks=(
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="`Reference #…` with `Server: AkamaiGHost`: Akamai's own page",
            headers=(("server", r"^AkamaiGHost"),),
            body=_REFERENCE,
        ),
        Mark(
            shows=Shows.OWN,
            level=Level.DOCUMENTED,
            text="a reference number with a link to errors.edgesuite.net: Akamai's "
            "own page",
            status_codes=range(400, 600),
            body=rf"{_REFERENCE}[\s\S]{{0,200}}errors(?:\.|&#46;)edgesuite(?:\.|&#46;)net",
        ),
        own(
            text="a reference number whose signs are written as entities, as only "
            "Akamai does",
            status_codes=range(400, 600),
            body=rf"Reference&#32;&#35;{_HEX}&#46;{_HEX}&#46;",
        ),
        own(
            text="a reference number with `Mime-Version: 1.0`, which Akamai writes on "
            "its own pages",
            status_codes=range(400, 600),
            headers=(("mime-version", r"^1\.0$"),),
            body=_REFERENCE,
        ),
        own(
            text="X-Reference-Error under AkamaiGHost: Akamai's own error",
            headers=(("server", r"^AkamaiGHost"), ("x-reference-error", "")),
        ),
        Mark(
            shows=Shows.THROUGH,
            level=Level.DOCUMENTED,
            text="`Server: AkamaiGHost`: the response passed through Akamai",
            headers=(("server", r"^AkamaiGHost"),),
        ),
    ),
)
