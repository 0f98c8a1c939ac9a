"""The workflows: what they run is pinned, limited and complete."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.release.__main__ import main
from tools.release.files import NOTES, SUMS

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.y*ml"))
NAMES = [path.stem for path in WORKFLOWS]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
RELEASE = ROOT / ".github/workflows/release.yaml"


def jobs(path: Path) -> dict[str, Any]:
    """Return the jobs of a workflow."""
    return yaml.safe_load(path.read_text())["jobs"]


def commands(path: Path) -> list[str]:
    """Return the commands of a workflow's steps."""
    steps = [step for job in jobs(path).values() for step in job["steps"]]
    return [step["run"] for step in steps if "run" in step]


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_actions_are_pinned_by_hash(path: Path) -> None:
    """A tag can be moved; the comment names the version for the reader."""
    used = re.findall(r"uses: (.+)$", path.read_text(), re.MULTILINE)
    assert used
    assert [line for line in used if not PINNED.fullmatch(line)] == []


def test_an_action_has_one_version() -> None:
    """In all workflows."""
    texts = "".join(path.read_text() for path in WORKFLOWS)
    used = set(re.findall(r"uses: (\S+)@(\S+)", texts))
    assert len(used) == len({name for name, _ in used})


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_jobs_are_limited(path: Path) -> None:
    """Nothing is allowed by default, and no job runs for hours."""
    assert yaml.safe_load(path.read_text())["permissions"] == {}
    for name, job in jobs(path).items():
        assert job["timeout-minutes"] <= 60, name
        assert "permissions" in job, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_commands_are_valid_bash(path: Path) -> None:
    """An error of syntax would appear only when the tag is pushed."""
    for command in commands(path):
        subprocess.run(["bash", "-n", "-c", command], check=True)  # noqa: S603, S607


def test_only_the_publishing_jobs_may_write() -> None:
    """They wait for the tests, and for the reviewers of the environment."""
    for name, job in jobs(RELEASE).items():
        writes = "write" in job["permissions"].values()
        assert writes == (name in {"image", "chart", "release"}), name
        assert writes == (job.get("environment") == "release"), name
        assert name == "test" or "needs" in job, name


def test_the_release_writes_the_files_as_the_rehearsal_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The workflow's command is accepted, and names what the later jobs use."""
    seen: list[object] = []
    monkeypatch.setattr(
        "tools.release.__main__.write", lambda *given: seen.extend(given)
    )
    monkeypatch.setattr(Path, "iterdir", lambda _: iter(()))
    (command,) = (line for line in commands(RELEASE) if "tools.release files" in line)
    words = shlex.split(command)
    assert main(words[words.index("tools.release") + 1 :]) == 0
    folder, tag, addresses = seen
    assert (folder, tag) == (Path("release"), "$GITHUB_REF_NAME")
    assert addresses[::2] == ["--home", "--image"]  # pyright: ignore[reportIndexIssue]
    text = RELEASE.read_text()
    assert f"release/{NOTES}" in text
    assert f"sha256sum --check {SUMS}" in text
