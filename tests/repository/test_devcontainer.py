"""The development container is a machine for `make setup`."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTAINER = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())


def test_it_has_the_python_of_the_project() -> None:
    """CPython 3.13 on Debian, for the lab's packages."""
    version = (ROOT / ".python-version").read_text().split()[0]
    assert re.fullmatch(rf"python:{re.escape(version)}-trixie", CONTAINER["image"])


def test_its_features_are_pinned() -> None:
    """Node.js for npm, and Docker for the container tests."""
    names = [feature.rpartition("/")[2] for feature in CONTAINER["features"]]
    assert all(re.fullmatch(r"[a-z-]+:\d+\.\d+\.\d+", name) for name in names)
    assert {name.partition(":")[0] for name in names} == {"node", "docker-in-docker"}


def test_it_installs_what_the_readme_installs() -> None:
    """And puts the same folders on the PATH."""
    assert CONTAINER["postCreateCommand"].startswith("make setup && ")
    path = CONTAINER["remoteEnv"]["PATH"].replace("${containerWorkspaceFolder}", "$PWD")
    readme = (ROOT / "README.md").read_text()
    assert path.replace("${containerEnv:PATH}", "$PATH") in readme
