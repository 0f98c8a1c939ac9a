"""Built: what is wrong with the built pages.

In: the folder of the built site. Out: one line for each link to a missing file or
heading, and for each file that a page would load from another server.
It does not: open a URL.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
}
"""Elements that load a file, and the attribute that names it."""
NOT_LOADED = {"canonical", "prev", "next", "edit", "alternate"}
"""The `rel` of links that a browser does not follow by itself."""


class Page(HTMLParser):
    """The headings, links and loaded files of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect what an element names, links to or loads."""
        held = {name: value for name, value in attrs if value}
        if name := held.get("id"):
            self.names.add(name)
        if tag == "a" and (target := held.get("href")):
            self.links.append(target)
        target = held.get(LOADED.get(tag, ""))
        if target and held.get("rel") not in NOT_LOADED:
            self.loaded.append(target)


def problems(site: Path) -> list[str]:
    """Return what is wrong with the pages, sorted."""
    pages = {file: Page(file.read_text()) for file in site.rglob("*.html")}
    return sorted(
        f"{file.relative_to(site)}: {problem}"
        for file, page in pages.items()
        if file.name != "404.html"
        for problem in (*_foreign(page), *_broken(file, page, pages))
    )


def _foreign(page: Page) -> Iterator[str]:
    """Yield the files that a browser would load from another server."""
    for target in page.loaded:
        if urlsplit(target).netloc:
            yield f"loads {target}"


def _broken(file: Path, page: Page, pages: dict[Path, Page]) -> Iterator[str]:
    """Yield the links within the site that lead to nothing."""
    for target in (*page.links, *page.loaded):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        to = (file.parent / unquote(parts.path)).resolve() if parts.path else file
        if to.is_dir():
            to /= "index.html"
        heading = unquote(parts.fragment)
        if not to.exists() or (
            heading and to in pages and heading not in pages[to].names
        ):
            yield f"{target} leads to nothing"
