"""Targets: read the targets file, or report every problem in it.

In: a YAML file written by people. Out: `Target` values.
It does not: correct anything, or stop at the first problem: it reports all of them,
each with file, line, field, and what was expected.
"""

from parallax.targets.file import TargetsError, find, load, load_known
from parallax.targets.selection import select

__all__ = ["TargetsError", "find", "load", "load_known", "select"]
