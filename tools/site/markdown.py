"""Markdown: GitHub's Markdown as the site's renderer reads it.

In: the text of a page. Out: the same page with four columns for each level of a list,
and with links that lead to the pages' places on the site.
"""

import re
from collections.abc import Callable

import mdformat

FENCE = re.compile(r"^ *(```|~~~)")
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]+)?(?=\))")
HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)


def title(text: str) -> str:
    """Return a page's first heading, without marks for code."""
    found = HEADING.search(text)
    return found[1].replace("`", "") if found else "Untitled"


def retitled(text: str, name: str) -> str:
    """Return the page with another first heading."""
    return HEADING.sub(lambda _: f"# {name}", text, count=1)


def converted(text: str, place: Callable[[str], str]) -> str:
    """Return the page for the site; `place` returns the new target of a link."""
    formatted = mdformat.text(
        text, extensions={"gfm", "mkdocs"}, options={"number": True}
    )
    lines, fenced = [], False
    for line in formatted.splitlines():
        if FENCE.match(line):
            fenced = not fenced
        lines.append(line if fenced else LINK.sub(lambda m: _moved(m, place), line))
    return "\n".join(lines) + "\n"


def _moved(found: re.Match[str], place: Callable[[str], str]) -> str:
    """Return a link's new target, with the same heading."""
    return place(found[1]) + (found[2] or "")
