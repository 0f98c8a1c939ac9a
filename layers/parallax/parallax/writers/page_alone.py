"""Page alone: whose page this is, if its headers are missing.

In: the body of a response, as HTML or as a browser shows it. Out: an `Attribution`.
It does not: read headers. Without them the place is open, except for programs that
stand at one place only. A missing header proves nothing here, so only pages count.
"""

import re

from parallax.writers.attribution import UNKNOWN, Attribution, attribute
from parallax.writers.rendered import rendered

_SAME_PAGE = {"ingress-nginx": "nginx"}
"""Programs that only the headers tell from the one whose page they show."""
_OPEN = {"nginx", "haproxy", "envoy", "apache", "openresty", "tengine", "angie"}
"""Programs that may stand at several places of a path."""
MISSING = "only the page is known: its headers may show where it was written"
_CODE = re.compile(
    r"<(?:title|h1)[^>]*>[^<]{0,120}?\b([45]\d\d)\b|\A\W*(?:Error )?([45]\d\d)\b"
    r"|\b[Ee]rror code:? ([45]\d\d)\b|\b(?:HTTP|status)(?: code)?:? ([45]\d\d)\b"
)
_USUAL = (403, 404, 500, 502, 503, 504)
"""What to try for a page that does not state its status."""


def status_of(page: str) -> int:
    """Return the status that a page states in its title or headline; else 0."""
    found = _CODE.search(page)
    return int(next(filter(None, found.groups()))) if found else 0


def attribute_page(page: str) -> Attribution:
    """Return whose page this is; never raises."""
    writer, hop, clue = _by_html(page) or _by_text(page) or (UNKNOWN, UNKNOWN, "")
    if writer == UNKNOWN:
        return Attribution(writer=UNKNOWN, hop=UNKNOWN, how=UNKNOWN, clues=())
    writer = _SAME_PAGE.get(writer, writer)
    place = UNKNOWN if writer in _OPEN else hop
    return Attribution(writer=writer, hop=place, how=UNKNOWN, clues=(clue, MISSING))


def _by_html(page: str) -> tuple[str, str, str] | None:
    """Return writer, hop and clue by the families' marks for pages."""
    status = status_of(page)
    answers = [
        attribute(status_code=code, reason=None, headers=(), body=page)
        for code in ((status,) if status else _USUAL)
    ]
    found = {(a.writer, a.hop) for a in answers if a.writer != UNKNOWN}
    if len({writer for writer, _ in found}) != 1:
        return None
    writer, hop = min(found)
    return writer, hop, f"the page is one of {writer}'s own"


def _by_text(page: str) -> tuple[str, str, str] | None:
    """Return the same by what a browser shows of the page."""
    shown = rendered(page)
    return (shown.family, shown.hop, shown.sentence) if shown else None
