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
    r"<(?:title|h1)[^>]*>\s*(?:error |http status )?([45]\d\d)\b|\A\s*([45]\d\d)\b",
    re.IGNORECASE,
)


def status_of(page: str) -> int:
    """Return the status that a page states in its title or headline; else 0."""
    found = _CODE.search(page)
    return int(next(filter(None, found.groups()))) if found else 0


def attribute_page(page: str) -> Attribution:
    """Return whose page this is; never raises."""
    by_html = attribute(status_code=status_of(page), reason=None, headers=(), body=page)
    writer, hop = by_html.writer, by_html.hop
    clue = f"the page is one of {writer}'s own"
    if writer == UNKNOWN:
        shown = rendered(page)
        if shown is None:
            return Attribution(writer=UNKNOWN, hop=UNKNOWN, how=UNKNOWN, clues=())
        writer, hop, clue = shown.family, shown.hop, shown.sentence
    writer = _SAME_PAGE.get(writer, writer)
    place = UNKNOWN if writer in _OPEN else hop
    return Attribution(writer=writer, hop=place, how=UNKNOWN, clues=(clue, MISSING))
