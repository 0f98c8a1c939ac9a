"""Each page that the browser tests open is small and well formed."""

import pytest

from tests.parallax.overview.pages import PAGES
from tests.parallax.report.html_tree import Page

LARGEST = 150_000


@pytest.mark.parametrize("name", PAGES)
def test_each_page_is_small_and_well_formed(name: str) -> None:
    """Without a browser; what one finds is tested with one."""
    page = PAGES[name]().page
    assert len(page.encode()) < LARGEST
    assert not Page(page).problems
    assert not Page(page).of("script")
