"""Complete: the words that a shell suggests for an argument.

In: the beginning of a word. Out: ids of causes, names of targets, steps.
It does not: reach AWS, or raise; without a readable targets file it suggests no target.
A shell evaluates some of these words, so none has a character that a shell interprets.
"""

# ruff: noqa: PLC0415 - a shell waits for each suggestion

import re

_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def cause_ids(incomplete: str) -> list[str]:
    """Return the ids of causes that begin so."""
    from parallax.causes import CAUSES

    return [cause.id for cause in CAUSES if cause.id.startswith(incomplete)]


def target_names(incomplete: str) -> list[str]:
    """Return the names in the targets file that begin so."""
    from parallax.targets import TargetsError, find, load

    try:
        names = [target.name for target in load(find(), disabled=True)]
    except (TargetsError, OSError):
        return []
    return [n for n in names if n.startswith(incomplete) and _HARMLESS.fullmatch(n)]


def steps(incomplete: str) -> list[str]:
    """Return the steps with dead letters that begin so."""
    from parallax.redrive.stack import STEPS

    return [step for step in (*STEPS, "all") if step.startswith(incomplete)]
