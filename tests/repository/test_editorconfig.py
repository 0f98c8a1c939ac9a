"""What an editor does by .editorconfig is what the files already have."""

import subprocess
import tomllib
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[2]
SUFFIXES = {".py", ".md", ".yaml", ".yml", ".toml", ".sh"}


def settings() -> ConfigParser:
    """Read the file; its first line belongs to no section."""
    parser = ConfigParser()
    parser.read_string("[top]\n" + (ROOT / ".editorconfig").read_text())
    return parser


def files() -> list[Path]:
    """Return the tracked texts that people write."""
    done = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607 - whichever git it is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    own = ("tests/", "events/", "docs/schema/")
    names = [name for name in done.stdout.split("\0") if not name.startswith(own)]
    paths = [ROOT / name for name in names if Path(name).suffix in SUFFIXES]
    return [path for path in paths if path.is_file()]


def test_no_editor_changes_a_file_by_opening_it() -> None:
    """Files end with one line feed, and no line with a blank."""
    general = settings()["*"]
    assert general["end_of_line"] == "lf"
    for path in files():
        text = path.read_bytes().decode(general["charset"])
        assert "\r" not in text, path
        assert not text or text.endswith("\n"), path
        assert not any(line != line.rstrip() for line in text.splitlines()), path


def test_lines_are_as_long_as_ruff_allows() -> None:
    """And the Makefile keeps its tabs."""
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]
    assert settings()["*.py"]["max_line_length"] == str(ruff["line-length"])
    assert settings()["Makefile"]["indent_style"] == "tab"
