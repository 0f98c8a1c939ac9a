"""Pasted page: an error page that was pasted without its status line and headers.

In: text: HTML in whatever surrounds it, or what a browser shows of a page.
Out: a `Transcript` that has only the page; None: its program is unknown.
It does not: read headers; `transcript` does.
"""

import re

from parallax.cli.transcript import Transcript
from parallax.writers.page_alone import attribute_page, status_of

MOST = 200_000
"""Characters to read; error pages are much shorter."""
_HTML = re.compile(
    r"<(?:!doctype html|html|head|title)\b[\s\S]*?(?:</html>|\Z)", re.IGNORECASE
)
_QUOTED = re.compile(r"(?m)^[ \t]*>(?: |$)")
"""The mark that a thread puts before each line of a quotation."""


def read_page(pasted: bytes) -> Transcript | None:
    """Return the page of a paste without a status line, if its program is known."""
    text = _QUOTED.sub("", pasted[:MOST].decode("utf-8", "replace"))
    html = _HTML.search(text)
    page = html[0] if html else text.strip()
    if attribute_page(page).writer == "unknown":
        return None
    return Transcript(
        status_code=status_of(page), reason=None, headers=(), body=page, page_only=True
    )
