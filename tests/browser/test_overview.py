"""The overview and the status page in a real browser, as `test_pages` does it."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import AXE
from tests.browser.test_pages import THEMES, WIDTHS, overflow, violations
from tests.parallax.overview.pages import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def axe() -> str:
    """Return axe-core's source."""
    return Path(AXE).read_text()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["overview", "overview-hostile", "status-page"])
def test_everybody_can_read_it(
    open_page: Any, axe: str, name: str, width: int, theme: str
) -> None:
    """Axe finds nothing; nothing is wider than the screen."""
    opened = open_page(name, width=width, theme=theme, bypass_csp=True)
    assert overflow(opened) == 0
    assert violations(opened, axe) == []


@pytest.mark.parametrize("name", PAGES)
def test_its_policy_refuses_nothing_of_it(open_page: Any, name: str) -> None:
    """The style applies and the bars are drawn, without scripts too."""
    page = open_page(name, java_script_enabled=False).page
    bars = page.locator("svg[role=img]").first
    box = bars.bounding_box()
    assert box is not None
    assert box["width"] > 200
    assert bars.locator("title").text_content()


def test_the_filter_works_without_scripts(open_page: Any) -> None:
    """The form leads to the page's own address, with the link in it."""
    page = open_page("overview", java_script_enabled=False).page
    page.locator("summary").first.click()
    page.locator("input[type=search]").fill("shop")
    with page.expect_request("**/*") as asked:
        page.locator("button").click()
    query = asked.value.url.partition("?")[2]
    assert query.startswith("s=")
    assert "q=shop" in query


def test_a_wide_screen_shows_the_filter_at_once(open_page: Any) -> None:
    """Without its title; a phone shows the targets first."""
    wide = open_page("overview", width=1280).page
    assert wide.locator("input[type=search]").is_visible()
    assert not wide.locator(".filter summary").is_visible()
    assert not open_page("overview").page.locator("input[type=search]").is_visible()
