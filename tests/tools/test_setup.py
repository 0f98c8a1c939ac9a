"""`tools/setup` repairs an interrupted installation on its next run."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SETUP = ROOT / "tools/setup"
PACKAGE = re.compile(r"local package=(\S+) have=(\S+)\n +local sum=(\S+)")
"""What is installed from npm: its name, its folder, its checksum."""
PYTHON = "#!/bin/sh\nexit 0\n"
UV = """#!/bin/sh
echo "$*" >>uv.log
case "$*" in
  *--check*) test -e .venv/bin/python ;;
  *) test ! -e uv.fails && mkdir -p .venv/bin && cp python.stub .venv/bin/python ;;
esac
"""
"""Replaces uv; as with the real one, its check does not detect missing modules."""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Create a clone with installed tools and a substitute for uv."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for tool in ("uv", "sam", "ministack"):
        (tmp_path / ".tools" / tool / "bin").mkdir(parents=True)
        shutil.copy(
            ROOT / f"tools/{tool}.txt", tmp_path / f".tools/{tool}/installed.txt"
        )
    packages = PACKAGE.findall(SETUP.read_text())
    assert packages
    for package, folder, checksum in packages:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "installed.txt").write_text(f"{package} {checksum}\n")
    for name, content in {".tools/uv/bin/uv": UV, "python.stub": PYTHON}.items():
        (tmp_path / name).write_text(content)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def run(clone: Path) -> int:
    """Run the clone's set-up; return its exit status."""
    (clone / "uv.log").unlink(missing_ok=True)
    return subprocess.run(  # noqa: S603 - our own script
        [clone / "tools/setup"], capture_output=True, check=False
    ).returncode


def installed(clone: Path) -> bool:
    """Return whether the last run installed the workspace."""
    lines = (clone / "uv.log").read_text().splitlines()
    return any("--check" not in line for line in lines)


def test_a_complete_installation_stays_unchanged(clone: Path) -> None:
    """The first run installs the workspace, the second only checks it."""
    assert run(clone) == 0
    assert installed(clone)
    (clone / ".venv/mine").touch()
    assert run(clone) == 0
    assert not installed(clone)
    assert (clone / ".venv/mine").exists()


def test_an_interrupted_installation_is_repeated(clone: Path) -> None:
    """Its packages look installed, though their modules may be missing."""
    (clone / "uv.fails").touch()
    assert run(clone) != 0
    (clone / "uv.fails").unlink()
    half = clone / ".venv/bin/python"
    half.parent.mkdir(parents=True)
    half.touch()
    (clone / ".venv/half").touch()
    assert run(clone) == 0
    assert installed(clone)
    assert not (clone / ".venv/half").exists()
    assert run(clone) == 0
    assert not installed(clone)
