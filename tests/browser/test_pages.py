"""The pages in a real browser: readable by everybody, on each screen, without scripts.

`make pages` runs these. A browser also reports what its policy refuses.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import AXE, Opened
from tests.parallax.report.incidents import PAGES

pytestmark = pytest.mark.browser
WIDTHS = (390, 1280)
VARIED = ("load-balancer", "without-snapshot", "many-targets", "hostile")
"""Pages that together have each element."""
THEMES = ("light", "dark")
PAGE_BYTES = 150_000


@pytest.fixture(scope="session")
def axe() -> str:
    """Return axe-core's source."""
    return Path(AXE).read_text()


def violations(opened: Opened, axe: str) -> list[str]:
    """Return what axe finds: the rule, and the elements."""
    opened.page.evaluate(f"() => {{ {axe}; window.axe = axe }}")
    found = opened.page.evaluate("() => axe.run(document, {resultTypes: []})")
    return [
        f"{one['id']}: {[node['html'][:200] for node in one['nodes'][:3]]}"
        for one in found["violations"]
    ]


def overflow(opened: Opened) -> int:
    """Return how many pixels the page is wider than the screen."""
    root = opened.page.locator("html")
    return int(root.evaluate("html => html.scrollWidth - html.clientWidth"))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", VARIED)
def test_everybody_can_read_it(
    open_page: Any, axe: str, name: str, width: int, theme: str
) -> None:
    """Axe finds nothing, with all details open; nothing is wider than the screen."""
    opened = open_page(name, width=width, theme=theme, bypass_csp=True)
    assert overflow(opened) == 0
    opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open=1)")
    assert overflow(opened) == 0
    assert violations(opened, axe) == []


@pytest.mark.parametrize("name", PAGES)
def test_it_is_complete_without_scripts(open_page: Any, name: str) -> None:
    """All texts are there; only the buttons that copy are not."""
    bare = open_page(name, java_script_enabled=False).page
    full = open_page(name).page
    copies = full.locator("button.copy")
    assert copies.count() == full.locator("pre.command").count() > 0
    assert bare.locator("button.copy").count() == 0
    copies.evaluate_all("buttons => buttons.forEach(button => button.remove())")
    shown = [page.locator("body").inner_text().split() for page in (bare, full)]
    assert shown[0] == shown[1]


@pytest.mark.parametrize("width", WIDTHS)
def test_details_open_without_scripts(open_page: Any, width: int) -> None:
    """What is ruled out is one tap away."""
    page = open_page("load-balancer", width=width, java_script_enabled=False).page
    hidden = page.locator("details:has-text('ruled out') li").first
    assert not hidden.is_visible()
    page.locator("summary", has_text="ruled out").click()
    assert hidden.is_visible()


def test_the_copy_button_copies_the_whole_command(open_page: Any, site: Any) -> None:
    """And says so."""
    opened = open_page("load-balancer")
    page = opened.page
    page.context.grant_permissions(
        ["clipboard-read", "clipboard-write"], origin=site.url
    )
    page.get_by_role("button", name="Copy command of step 1").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("pre.command").first.inner_text()
    assert copied.startswith("hcloud load-balancer update-service")
    assert "\n" not in copied


def test_without_a_clipboard_the_command_is_selected(open_page: Any) -> None:
    """As over plain http on another host."""
    page = open_page("load-balancer").page
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="Copy command of step 1").first.click()
    page.get_by_role("button", name="Selected").wait_for()
    selected = page.evaluate("getSelection().toString()")
    assert selected == page.locator("pre.command").first.inner_text()


def test_hostile_texts_run_nothing_and_load_nothing(open_page: Any) -> None:
    """The fixture asserts that the policy had nothing to refuse."""
    opened = open_page("hostile", width=1280)
    assert opened.page.title() != "hacked"
    assert opened.page.locator("img").count() == 0
    assert opened.page.locator("script").count() == 1
    assert len(opened.requests) == 1


def test_the_policy_refuses_another_script(open_page: Any) -> None:
    """If a text became markup nevertheless, it would not run."""
    opened = open_page("load-balancer")
    opened.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p onclick=\"1\">x</p>');"
        "const s = document.createElement('script'); s.textContent ="
        "'document.title=`hacked`'; document.body.append(s)"
    )
    assert opened.page.title() != "hacked"
    assert any("Content Security Policy" in text for text in opened.problems)
    opened.problems.clear()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_failing_hop_is_the_one_that_stands_out(open_page: Any, width: int) -> None:
    """It has a background of its own; a phone shows the hops below each other."""
    page = open_page("load-balancer", width=width).page
    color = "e => getComputedStyle(e).backgroundColor"
    hops = page.locator("li.hop")
    colors = [hops.nth(n).evaluate(color) for n in range(hops.count())]
    named = [c for c in colors if colors.count(c) == 1]
    assert len(named) == 1
    assert page.locator("li.hop.named").inner_text().count("FAULTY") == 1
    boxes = [hops.nth(n).bounding_box() for n in range(hops.count())]
    columns = {round(box["x"]) for box in boxes if box}
    assert len(columns) == (1 if width == 390 else hops.count())


@pytest.mark.parametrize("width", WIDTHS)
def test_cause_and_command_are_on_the_first_screen(open_page: Any, width: int) -> None:
    """Without a scroll: a phone and a desktop of 844 pixels."""
    page = open_page("load-balancer", width=width).page
    box = page.locator("section.next pre").first.bounding_box()
    assert box
    assert box["y"] + box["height"] < 844


def test_paper_shows_all_details_and_no_buttons(open_page: Any) -> None:
    """In dark colors on white, also with a dark theme."""
    page = open_page("load-balancer", theme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("form").is_visible()
    assert not page.locator("button.copy").first.is_visible()
    assert page.locator("details li").first.is_visible()
    body = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert body == "rgb(255, 255, 255)"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(site: Any, name: str) -> None:
    """Below 150 KB, with 500 targets and with hostile texts too."""
    assert len(site.pages[f"/{name}"]["body"].encode()) < PAGE_BYTES


def test_every_control_works_with_a_keyboard_and_a_thumb(open_page: Any) -> None:
    """Each button is 44 pixels high, and shows its focus."""
    page = open_page("load-balancer").page
    buttons = page.locator("button")
    for n in range(buttons.count()):
        box = buttons.nth(n).bounding_box()
        assert box
        assert box["height"] >= 44
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
