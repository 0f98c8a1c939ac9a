"""Links: the files and headings that a Markdown page refers to.

In: a page. Out: relative links and paths in backticks that lead to nothing.
It does not: open URLs, or check a name without a folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tools.prose.texts import Text

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
PATH = re.compile(r"`((?:[\w-][\w.-]*/)+(?:[\w-]+\.(?:py|yaml|md|json|txt|sh))?)`")
NAMES = ("", "layers/parallax/parallax", "layers/parallax", "agent", "agent/chart")
ROOTS = tuple(Path(name) for name in NAMES)
"""A page may leave these folders out of a path."""


def broken_links(page: Path) -> Iterator[Text]:
    """Yield every reference that leads to nothing, with its line."""
    for number, line in enumerate(page.read_text().splitlines(), 1):
        for target, heading in LINK.findall(line):
            path = page.parent / target if target else page
            if not path.exists() or (heading and heading not in _headings(path)):
                yield Text(number, f"{target}#{heading}" if heading else target)
        for path in PATH.findall(line):
            if not any((root / path).exists() for root in (*ROOTS, page.parent)):
                yield Text(number, path)


def _headings(page: Path) -> set[str]:
    """Return the anchors of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ +(.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
