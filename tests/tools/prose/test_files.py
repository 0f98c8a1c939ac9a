"""Which files are checked: what git tracks, without what is pending."""

from pathlib import Path

import pytest

from tools.prose import files

ROOT = Path(__file__).resolve().parents[3]


def test_pages_code_and_scripts_are_checked() -> None:
    """Recordings, pins and the rules themselves are not."""
    checked = {str(path) for path in files.tracked(pending=True)}
    assert {"README.md", "Makefile", "tools/setup", "template.yaml"} <= checked
    assert not {"docs/writing.md", "tools/prose/phrases.txt", "uv.lock"} & checked
    assert not [path for path in checked if "requirements.txt" in path]


def test_a_pending_directory_exists() -> None:
    """A directory that was renamed or removed leaves the list."""
    pending = files.lines("pending.txt")
    assert [name for name in pending if not (ROOT / name).exists()] == []


def test_without_git_every_file_outside_hidden_folders_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in an archive of the source."""
    for name in ("a.md", ".venv/b.md", "docs/c.md", "d.png", ".ci/run"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    checked = sorted(str(path) for path in files.tracked(pending=True))
    assert checked == [".ci/run", "a.md", "docs/c.md"]
