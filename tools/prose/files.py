"""Files: which files the prose checks read.

In: the files that git tracks, or all files where there is no git. Out: their paths,
without recordings, pins, the rules themselves, and directories that are pending.
"""

import subprocess
from pathlib import Path

from tools.prose.rules import lines

SUFFIXES = {".py", ".md", ".yaml", ".yml", ".j2", ".txt", ".tpl"}
NAMES = {"Makefile", "agent/Dockerfile", ".ci/run", "tools/check", "tools/container"}
NAMES |= {"tools/setup", "tools/lock", "tools/agent-image", "tools/lambda-image"}
OWN = ("tools/prose/", "tests/tools/prose/", "docs/writing.md", "tests/captures/")
"""Folders and files that hold the phrases on purpose, and recorded responses."""


def tracked(*, pending: bool = False) -> list[Path]:
    """Return the files to check; with `pending` also those of pending directories."""
    listed = _listed()
    left_out = (*OWN, *(() if pending else lines("pending.txt")))
    return [
        Path(name)
        for name in listed
        if (Path(name).suffix in SUFFIXES or name in NAMES)
        and not name.endswith("requirements.txt")
        and not name.startswith(left_out)
        and Path(name).exists()
    ]


def _listed() -> list[str]:
    """Return what git tracks; without git every file outside of hidden folders."""
    try:
        command = ["git", "ls-files", "-z"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    except (FileNotFoundError, subprocess.CalledProcessError):
        paths = (path for path in Path().rglob("*") if path.is_file())
        return [str(p) for p in paths if p.parts[0] == ".ci" or p.parts[0][0] != "."]
    return done.stdout.split("\0")
