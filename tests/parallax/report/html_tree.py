"""HTML tree: a page as a strict reader gets it, for tests.

In: HTML. Out: its tags with attributes, its texts, and what is malformed.
It does not: correct anything, as a browser would.
"""

from html.parser import HTMLParser
from typing import override

VOID = frozenset({"br", "input", "link", "meta"})
TAGS = frozenset(
    {
        "a",
        "body",
        "br",
        "button",
        "caption",
        "circle",
        "details",
        "div",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
    }
    | {"head", "html", "input", "label", "li", "main", "meta", "ol", "p", "path"}
    | {"pre", "rect", "script", "section", "span", "strong", "style", "summary"}
    | {"svg", "table", "tbody", "td", "th", "title", "tr", "ul"}
    | {"b", "code", "i", "link", "option", "select", "small", "symbol", "use"}
)


class Page(HTMLParser):
    """A page; `problems` is empty if each tag is known and closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.problems: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.problems += [f"<{tag}> is not closed" for tag in self._open]

    @property
    def text(self) -> str:
        """Return all text, without tags."""
        return "\n".join(self.texts)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of a tag."""
        return [attributes for name, attributes in self.tags if name == tag]

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag that begins."""
        self.tags.append((tag, dict(attrs)))
        if tag not in TAGS:
            self.problems.append(f"<{tag}> is unknown")
        self.problems += [f"{name}=" for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self._open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        """Note a tag that ends."""
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes nothing")

    @override
    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.texts.append(data)
