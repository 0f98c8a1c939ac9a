"""docs/reliability.md: what it names exists."""

import re
from pathlib import Path

from chaos.page import BEGIN, END, PAGE

TESTS = Path(__file__).resolve().parents[1]
NAMED = re.compile(r"\[`(\w+)`\]\(\.\./tests/([\w/]+\.py)\)")


def test_every_test_that_the_page_names_exists() -> None:
    """A renamed test would leave a row without its proof."""
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 30
    for name, file in named:
        text = (TESTS / file).read_text(encoding="utf-8")
        assert f"def test_{name}(" in text, f"{file}: {name}"


def test_the_page_has_a_place_for_a_run() -> None:
    """`make chaos` replaces what is between the marks."""
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
