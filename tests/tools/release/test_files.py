"""What is published with a release, except the image."""

import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

from parallax import __version__
from tools.release import files
from tools.release.files import NOTES, SUMS, write


@pytest.fixture
def chart(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Replace what packages the chart and what installs the pins; return the calls."""
    calls: list[list[str]] = []

    def package(command: list[str], **_: Any) -> None:
        calls.append(command[3:])
        (Path(command[4]) / "parallax-agent.tgz").write_text("chart")

    monkeypatch.setattr(subprocess, "run", package)
    monkeypatch.setattr(files, "bill", lambda part: {"name": part})
    return calls


@pytest.mark.usefixtures("chart")
def test_every_file_has_a_checksum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Except the notes; files of an earlier run are removed."""
    out = tmp_path / "release"
    out.mkdir()
    (out / "old.tgz").touch()
    write(out, None, [])
    monkeypatch.undo()
    names = {file.name for file in out.iterdir()}
    assert f"parallax-agent-{__version__}.cdx.json" in names
    assert f"parallax-functions-{__version__}.cdx.json" in names
    with tarfile.open(out / f"parallax-schemas-{__version__}.tar.gz") as archive:
        assert "schema/finding.v1.schema.json" in archive.getnames()
    assert "old.tgz" not in names
    done = subprocess.run(  # noqa: S603 - our own arguments
        ["sha256sum", "--check", SUMS],  # noqa: S607 - whichever it is
        cwd=out,
        capture_output=True,
        text=True,
        check=True,
    )
    checked = {line.partition(":")[0] for line in done.stdout.splitlines()}
    assert checked == names - {NOTES, SUMS}


def test_a_tag_sets_the_versions_and_the_notes(
    tmp_path: Path, chart: list[list[str]]
) -> None:
    """A rehearsal has the notes of what is not released yet, and the chart as it is."""
    out = tmp_path / "release"
    write(out, f"v{__version__}", ["--image", "registry.example/agent"])
    released = (out / NOTES).read_text()
    write(out, None, [])
    assert (out / NOTES).read_text() != released
    addresses = ["--image", "registry.example/agent", "--version", __version__]
    assert chart == [["package", str(out), *addresses], ["package", str(out)]]


def test_a_wrong_tag_writes_nothing(tmp_path: Path, chart: list[list[str]]) -> None:
    """The version is checked first."""
    with pytest.raises(ValueError, match="the tag"):
        write(tmp_path / "release", "v9.8.7", [])
    assert not (tmp_path / "release").exists()
    assert chart == []


def test_the_archive_is_the_same_for_each_build(tmp_path: Path) -> None:
    """So its checksum can be compared with one of a build at home."""
    first, again = tmp_path / "a.tar.gz", tmp_path / "b.tar.gz"
    files._archive(first)
    files._archive(again)
    assert first.read_bytes().replace(b"a.tar", b"b.tar") == again.read_bytes()
