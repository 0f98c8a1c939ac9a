"""Commit: of which state of the repository a measured page is.

In: the repository. Out: its short commit; empty outside a clone.
It does not: show uncommitted changes.
"""

import subprocess

from bench.cost.template import ROOT


def short_commit() -> str:
    """Return the commit that is checked out."""
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()
