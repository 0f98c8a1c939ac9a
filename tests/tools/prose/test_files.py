"""Which files are checked: what git tracks, without what is pending."""

from pathlib import Path

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
