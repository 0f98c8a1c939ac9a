"""YAML problem: why a text is not YAML, for people.

In: the text and the loader's error. Out: line, column, and one sentence.
It does not: correct the text. libyaml's errors have few words, so Python's loader reads
the text again.
"""

import contextlib

import yaml

from parallax.targets.yaml_lines import Place

_TAB = "indent with spaces; YAML does not allow tabs there"


def yaml_problem(text: str, error: yaml.YAMLError) -> tuple[Place, str]:
    """Return where a text stops to be YAML, and why."""
    if isinstance(error, yaml.reader.ReaderError):
        before = text[: error.position]
        column = error.position - (before.rfind("\n") + 1) + 1
        what = f"character U+{ord(_character(text, error)):04X} is not allowed"
        return (before.count("\n") + 1, column), what
    error = _in_more_words(text, error)
    mark = getattr(error, "problem_mark", None)
    reason = str(getattr(error, "problem", None) or error).replace("\\t", "a tab")
    place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if mark and _line(text, mark.line)[: mark.column + 1].strip(" ").startswith("\t"):
        return place, _TAB
    return place, f"{reason}{_since(error, place)}"


def _character(text: str, error: yaml.reader.ReaderError) -> str:
    return text[error.position : error.position + 1] or "\0"


def _in_more_words(text: str, error: yaml.YAMLError) -> yaml.YAMLError:
    try:
        with contextlib.suppress(RecursionError):
            yaml.SafeLoader(text).get_single_node()
    except yaml.YAMLError as better:
        return better
    return error


def _since(error: yaml.YAMLError, place: Place) -> str:
    """Return where the part with the problem begins, if that is elsewhere."""
    mark = getattr(error, "context_mark", None)
    context = getattr(error, "context", None)
    if mark is None or context is None or mark.line + 1 == place[0]:
        return ""
    return f" ({context} that begins at line {mark.line + 1}, column {mark.column + 1})"


def _line(text: str, number: int) -> str:
    lines = text.splitlines()
    return lines[number] if number < len(lines) else ""
