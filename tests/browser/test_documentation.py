"""The documentation's site in a real browser, opened from the file system.

`make pages` runs these.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import AXE
from tools.site.__main__ import main

pytestmark = pytest.mark.browser
PAGES = ("index", "benchmarks", "licenses")
"""Pages that together have each element: pictures, commands, wide tables."""
LENS = "label[for=__search]:visible"
"""What opens the search on a phone."""


@pytest.fixture(scope="session")
def built() -> str:
    """Build the site, and return its address without a server."""
    assert main([]) == 0
    return (Path(__file__).parents[2] / ".site/html").as_uri()


@pytest.fixture
def open_site(browser: Browser, built: str) -> Iterator[Any]:
    """Return a function that opens a page; no page loads anything from elsewhere."""
    contexts = list[Any]()
    requests = list[str]()
    errors = list[str]()

    def open_it(name: str, width: int, theme: Any) -> Page:
        size = {"width": width, "height": 844}
        context = browser.new_context(viewport=size, color_scheme=theme)  # pyright: ignore[reportArgumentType]
        contexts.append(context)
        page: Page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{built}/{name}.html")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert errors == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("name", PAGES)
def test_everybody_can_read_it(
    open_site: Any, name: str, width: int, theme: str
) -> None:
    """Axe finds nothing, and the page is not wider than the screen."""
    page = open_site(name, width, theme)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, {resultTypes: []})")["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    root = page.locator("html")
    assert root.evaluate("html => html.scrollWidth - html.clientWidth") <= 0


@pytest.mark.parametrize("width", [390, 1280])
def test_the_search_needs_no_server(open_site: Any, width: int) -> None:
    """A word of a cause's text leads to its page, also from a page in a folder."""
    page = open_site("decisions/index", width, "light")
    page.locator(f"{LENS}, .md-search__button:visible").first.click()
    page.get_by_role("combobox").or_(page.get_by_role("textbox")).first.fill("firewall")
    page.get_by_role("option", name="node-firewall-blocks-load-balancer").first.click()
    page.wait_for_url("**/causes.html*")
