"""A page of the site has the structure that GitHub shows."""

import re
from pathlib import Path

import pytest
import yaml
from markdown import Markdown
from markdown_it import MarkdownIt

from tools.site.markdown import converted
from tools.site.places import DOCS, OUTSIDE

ROOT = Path(__file__).parents[3]
SETTINGS = yaml.safe_load((ROOT / "tools/site/settings.yaml").read_text())
PAGES = [
    *sorted((ROOT / DOCS).rglob("*.md")),
    *(ROOT / path for path in OUTSIDE if (ROOT / path).exists()),
]
TAGS = ("li", "ol", "ul", "table", "tr", "pre", "h1", "h2", "h3", "strong", "em", "img")


def counts(html: str) -> dict[str, int]:
    """Return how often each element is in a page."""
    return {tag: len(re.findall(rf"<{tag}[ >]", html)) for tag in TAGS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_lists_tables_and_code_are_those_of_github(page: Path) -> None:
    """A list in a list, a list after a line of text, a table in a list."""
    names = [
        n if isinstance(n, str) else next(iter(n))
        for n in SETTINGS["markdown_extensions"]
    ]
    text = page.read_text()
    ours = Markdown(extensions=["tables", *names]).convert(converted(text, str))
    github = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert counts(ours) == counts(github)
