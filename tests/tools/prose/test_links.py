"""References of Markdown pages that lead to nothing are found."""

from pathlib import Path

import pytest

from tools.prose.links import broken_links


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with a page, a package and two modules."""
    for name in ("docs/a.md", "docs/b.md", "layers/parallax/parallax/model/c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("# A `title`: of b\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def broken(text: str) -> list[str]:
    """Return the references of a page with this text that lead to nothing."""
    page = Path("docs/page.md")
    page.write_text(text)
    return [reference.text for reference in broken_links(page)]


@pytest.mark.parametrize(
    "text",
    [
        "[a](a.md), [b](b.md#a-title-of-b) and [c](https://example.com/d.md)",
        "`docs/a.md`, `model/c.py`, `model/`, `other.py`, `/readyz`, `pods/log`",
        "# Part\n[here](#part)",
    ],
)
def test_a_reference_that_leads_somewhere_is_not_broken(text: str) -> None:
    """Links are relative to the page, paths to the repository or a package."""
    assert broken(text) == []


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("[a](missing.md)", "missing.md"),
        ("[b](b.md#missing)", "b.md#missing"),
        ("[here](#missing)", "#missing"),
        ("`model/missing.py`", "model/missing.py"),
        ("`missing/`", "missing/"),
    ],
)
def test_a_reference_that_leads_to_nothing_is_broken(text: str, reference: str) -> None:
    """Files, headings, modules and folders."""
    assert broken(text) == [reference]
