r"""Rendered: pages as a browser shows them, and which program wrote them.

In: the text of a page, without tags. Out: the family, its hop, and the sentence that
shows it; None: no known page. It does not: read headers; `attribution` does.
The sentences are those of the families' own pages, whose modules have their sources.
"""

import re

from parallax.writers import rendered_hosts, rendered_pages
from parallax.writers.rendered_pages import Rendered

_SPACES = re.compile(r"(?:\s|\\[nrt])+")
_TAGS = re.compile(
    r"<(?:style|script)\b[\s\S]*?</(?:style|script)>|<!--[\s\S]*?-->|<[^<>]*>"
)
_READ = tuple(
    (page, re.compile(page.pattern, re.DOTALL))
    for page in (*rendered_pages.PAGES, *rendered_hosts.PAGES)
)


def rendered(page: str) -> Rendered | None:
    """Return whose page this is, from what a browser shows of it; None: unknown.

    If two programs have a sentence in it, the page is of neither.
    """
    text = _SPACES.sub(" ", _TAGS.sub(" ", page)).replace("\u2019", "'").strip()
    found = [one for one, pattern in _READ if pattern.search(text)]
    return found[0] if len({one.family for one in found}) == 1 else None
