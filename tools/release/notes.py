"""Notes: what a release changes, as the changelog states it.

In: the text of CHANGELOG.md and a version. Out: the text of its section.
"""

import re


def notes(changelog: str, version: str) -> str:
    """Return the section of a version, or "Unreleased"; ValueError if it is empty."""
    heading = re.escape(f"[{version}]")
    found = re.search(
        rf"^## {heading}.*\n((?:(?!## \[).*\n?)*)", changelog, re.MULTILINE
    )
    text = found[1].strip() if found else ""
    if not text:
        raise ValueError(f"CHANGELOG.md has no text under '## [{version}]'")
    return text + "\n"
