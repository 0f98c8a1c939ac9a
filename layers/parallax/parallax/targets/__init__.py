"""Targets: read what shall be watched, or say exactly what is wrong with the file.

In: a YAML file written by people. Out: `Target` values.
It does not: correct anything, or stop at the first problem: all of them are told
at once, each with file, line, place, and what was expected.
"""

import os
import sys
from pathlib import Path

import yaml

from parallax.model.plain import plain_line
from parallax.model.secret_text import without_passwords
from parallax.model.target import Target
from parallax.targets.reading import Place, Reading
from parallax.targets.rules import examine

__all__ = ["TargetsError", "find", "load"]

VARIABLE = "PARALLAX_TARGETS"
DEFAULT = "targets.yaml"


class TargetsError(ValueError):
    """The targets file cannot be used; the text names every problem, one a line.

    No line holds a secret or a character that controls a terminal: a file's keys and
    values stand in them as they were written.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(plain_line(without_passwords(t)) for t in lines))


def find() -> Path:
    """Return the targets file: `$PARALLAX_TARGETS`, else `targets.yaml`.

    A bare file name is looked for in the working folder, then in every folder
    of `sys.path`: a Lambda layer puts its `python/` there.
    """
    named = Path(os.environ.get(VARIABLE) or DEFAULT)
    if len(named.parts) > 1:
        return named
    for folder in (".", *sys.path):
        path = Path(folder) / named
        if path.is_file():
            return path
    raise TargetsError(
        f"{named}: expected in the working folder or in a folder of sys.path; "
        f"{VARIABLE} may hold another path"
    )


def load(path: Path) -> tuple[Target, ...]:
    """Read and check a targets file; raises `TargetsError` with all problems."""
    try:
        reading = Reading(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetsError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TargetsError(f"{path}: expected UTF-8 text: {error.reason}") from error
    except yaml.YAMLError as error:
        raise TargetsError(f"{path}:{_yaml_problem(error)}") from error
    except RecursionError as error:
        raise TargetsError(f"{path}: expected YAML without loops") from error
    targets, problems = examine(reading)
    if problems:
        told = sorted((reading.line(at), f"{_name(at)}{what}") for at, what in problems)
        raise TargetsError(*(f"{path}:{line}: {what}" for line, what in told))
    return targets


def _name(place: Place) -> str:
    """Write a place as people read it: `targets[0].url: `."""
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place)
    return f"{text.removeprefix('.')}: " if text else ""


def _yaml_problem(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    told = getattr(error, "problem", None) or f"{error}"
    return f"{mark.line + 1 if mark else 1}: expected YAML: {told}"
