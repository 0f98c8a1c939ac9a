"""Subjects: the first line of each new commit.

In: the history since the release named below. Out: subjects that break a rule.
It does not: check merges, whose subjects a program may have written. Without git, or in
a clone that does not hold the release, it checks the newest commit or nothing.
"""

import re
import subprocess
from collections.abc import Iterator

SINCE = "d08a122249ff9995705a9ad65d30bca42116fe0c"
"""The newest commit before these rules."""
LIMIT = 72
BARE = {
    "Address",
    "Bypass",
    "Compress",
    "Cross",
    "Discuss",
    "Dismiss",
    "Embed",
    "Express",
}
BARE |= {
    "Feed",
    "Focus",
    "Guess",
    "Miss",
    "Need",
    "Pass",
    "Press",
    "Process",
    "Proceed",
}
BARE |= {
    "Seed",
    "Shed",
    "Speed",
    "Stress",
    "Suppress",
    "Bring",
    "Ping",
    "String",
    "Wing",
}
"""Imperatives that end like another form of a verb."""


def problem(subject: str) -> str | None:
    """Return what is wrong with a subject, or None."""
    first = subject.split(" ", maxsplit=1)[0]
    if len(subject) > LIMIT:
        return f"has {len(subject)} characters; write at most {LIMIT}"
    if re.match(r"[^:]{1,20}:\s", subject) and subject.count(" ", 0, 21) < 3:  # noqa: PLR2004
        return "begins with a topic and a colon; begin with a verb"
    if not first[:1].isupper():
        return "does not begin with a capital letter"
    if subject.endswith("."):
        return "ends with a period; remove it"
    if first not in BARE and re.search(r"(?:ed|ing|[^s]s)$", first):
        return f"is not imperative: {first!r}; write e.g. 'Add', 'Fix', 'Remove'"
    return None


def new_subjects() -> list[str]:
    """Return the subjects of the commits to check, the newest first."""
    if _git("rev-parse", "--verify", "HEAD") is None:
        return []
    which = ["-1"] if _git("cat-file", "-e", SINCE) is None else [f"{SINCE}..HEAD"]
    return (_git("log", "--no-merges", "--format=%s", *which) or "").splitlines()


def problems() -> Iterator[str]:
    """Yield one line for each subject that breaks a rule."""
    for subject in new_subjects():
        if wrong := problem(subject):
            yield f"commit subject {subject!r} {wrong}"


def _git(*arguments: str) -> str | None:
    """Return git's output; None where it fails or is not installed."""
    try:
        done = subprocess.run(  # noqa: S603 - arguments of our own
            ["git", *arguments],  # noqa: S607 - git is wherever PATH has it
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
