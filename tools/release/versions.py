"""Versions: every place that states Parallax's version.

In: the repository. Out: the version, or an error that names the places that differ.
The chart has a version of its own; its `appVersion` is Parallax's.
"""

import re
from pathlib import Path

PLACES = {
    "pyproject.toml": r'^version = "(.+)"$',
    "agent/pyproject.toml": r'^version = "(.+)"$',
    "layers/parallax/pyproject.toml": r'^version = "(.+)"$',
    "layers/parallax/parallax/__init__.py": r'^__version__ = "(.+)"$',
    "agent/chart/Chart.yaml": r'^appVersion: "(.+)"$',
    "agent/manifests/kustomization.yaml": r"^ +newTag: (.+)$",
    "agent/Dockerfile": r"^LABEL .*org\.opencontainers\.image\.version=(\S+)",
    "CHANGELOG.md": r"^## \[(\d.*)\] - \d{4}-\d{2}-\d{2}$",
}
"""Files, and the line that has the version; the first match counts."""


def versions(root: Path) -> dict[str, str]:
    """Return the version that each place states; empty if it states none."""
    found: dict[str, str] = {}
    for name, pattern in PLACES.items():
        match = re.search(pattern, (root / name).read_text(), re.MULTILINE)
        found[name] = match[1] if match else ""
    return found


def version(root: Path, tag: str | None = None) -> str:
    """Return the one version; ValueError if places differ, or the tag does."""
    found = versions(root)
    if tag:
        found["the tag"] = tag.removeprefix("v")
    if len(set(found.values())) != 1 or not all(found.values()):
        stated = ", ".join(f"{name}: {v or 'none'}" for name, v in found.items())
        raise ValueError(f"the version must be the same everywhere: {stated}")
    return found["pyproject.toml"]
