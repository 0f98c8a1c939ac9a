"""Specification of reading a data set's clone."""

import subprocess
from pathlib import Path

import pytest

from bench.public_data.clone import Clone, DataError
from tests.bench.public_data.made import repository

FILES = {"benchmark/a/1.json": "{}", "benchmark/b.json": "äöü\n", "other.txt": "x"}


def test_a_clone_without_a_work_tree_reads_the_same(tmp_path: Path) -> None:
    """Mirrors have none."""
    usual = repository(tmp_path / "usual", FILES)
    bare = tmp_path / "bare"
    subprocess.run(["git", "clone", "-q", "--bare", usual, bare], check=True)  # noqa: S603, S607
    for folder in (usual, bare):
        clone = Clone(folder)
        assert clone.names("benchmark") == ["benchmark/a/1.json", "benchmark/b.json"]
        assert clone.text("benchmark/b.json") == "äöü\n"
        assert clone.text("other.txt") == "x"
        assert clone.text("benchmark/none.json") is None
        assert len(clone.commit) == 40
        clone.close()
    assert clone.date.startswith("20")


def test_a_folder_that_is_no_clone_is_an_error(tmp_path: Path) -> None:
    """The message says what was expected."""
    with pytest.raises(DataError, match="no such folder; expected a git clone"):
        Clone(tmp_path / "none")
    (tmp_path / "plain").mkdir()
    with pytest.raises(DataError, match="expected a git clone with a commit"):
        Clone(tmp_path / "plain")
