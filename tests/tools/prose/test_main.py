"""`python -m tools.prose CHECK` prints the offenders and fails if there are any."""

from pathlib import Path

import pytest

from tools.prose.__main__ import main

PAGES = {
    "sentences": " ".join(["word"] * 31),
    "links": "[a](missing.md)",
    "phrases": "The balancer asks.",
}


@pytest.fixture(autouse=True)
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Enter a folder without git, with one page."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path / "page.md"


@pytest.mark.parametrize("check", PAGES)
def test_a_check_prints_its_offenders_and_fails(
    page: Path, check: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line for each, with file and line."""
    page.write_text(PAGES[check])
    assert main([check]) == 1
    assert capsys.readouterr().out.startswith("page.md:1: ")


@pytest.mark.parametrize("check", [*PAGES, "subjects"])
def test_a_check_without_offenders_prints_nothing(
    page: Path, check: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The status is 0."""
    page.write_text("The load balancer requests /healthz.")
    assert main([check]) == 0
    assert capsys.readouterr().out == ""


def test_the_checked_files_are_listed(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The program codespell reads them from there."""
    page.touch()
    assert main(["files"]) == 0
    assert capsys.readouterr().out == "page.md\n"
