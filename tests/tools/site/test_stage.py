"""The pages from which the site is built."""

from pathlib import Path, PurePosixPath

import pytest

from tools.site.stage import Stage

ROOT = Path(__file__).parents[3]
FILES = {
    "README.md": "# Project\n\n[cost](docs/cost.md), [decisions](docs/decisions)\n",
    "docs/index.md": "# Home\n\n[install](../README.md#project)\n",
    "docs/cost.md": "# Cost\n\n[settings](../settings.yaml), [code](../code)\n",
    "docs/decisions/0001-a.md": "# 1. A\n\n[cost](../cost.md), [no](../no.md)\n",
    "docs/schema/a.json": '{"title": "A finding"}',
    "docs/picture.svg": "<svg/>",
    "settings.yaml": "a: 1\n",
    "code/one.py": "",
}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Fill a stage from a small repository."""
    for name, text in FILES.items():
        file = tmp_path / "repository" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    filled = Stage(tmp_path / "repository", tmp_path / "pages")
    filled.fill()
    return filled


def page(stage: Stage, name: str) -> str:
    """Return a staged page."""
    return (stage.pages / name).read_text()


def test_links_between_pages_follow_them(stage: Stage) -> None:
    """Also from a page that has another place on the site, and its new title."""
    assert "[install](install.md#project)" in page(stage, "index.md")
    assert "[cost](cost.md), [decisions](decisions/index.md)" in page(
        stage, "install.md"
    )
    assert page(stage, "install.md").startswith("# Install and use\n")
    assert "[cost](../cost.md)" in page(stage, "decisions/0001-a.md")
    assert page(stage, "picture.svg") == "<svg/>"


def test_a_linked_file_is_shown(stage: Stage) -> None:
    """So no link needs the repository's address."""
    assert "[settings](source/settings.yaml.md)" in page(stage, "cost.md")
    shown = "# settings.yaml\n\n````yaml\na: 1\n````\n"
    assert page(stage, "source/settings.yaml.md") == shown
    assert page(stage, "source/code.md") == "# code\n\n- one.py\n"


def test_a_folder_without_a_first_page_gets_a_list(stage: Stage) -> None:
    """With the titles of pages and schemas; docs/ itself has its own first page."""
    assert page(stage, "decisions/index.md") == "# Decisions\n\n- [1. A](0001-a.md)\n"
    assert "- [a.json: A finding](a.json)" in page(stage, "schema/index.md")
    assert stage.titles[PurePosixPath("index.md")] == "Home"


def test_the_home_page_shows_a_real_mail() -> None:
    """Each of its lines is in the mail that the tests of `notify` expect."""
    home = (ROOT / "docs/index.md").read_text()
    mail = (ROOT / "tests/parallax/notify/mail/golden/one.txt").read_text().splitlines()
    shown = home.partition("```text\n")[2].partition("```")[0].splitlines()
    assert len(shown) > 5
    assert [line for line in shown if line not in mail] == []
