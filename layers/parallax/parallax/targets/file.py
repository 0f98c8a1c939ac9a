"""File: find, read and check the targets file.

In: `$PARALLAX_TARGETS` or a path. Out: `Target` values, or one error with all problems.
It does not: check a value; `parallax.targets.checks` does.
"""

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from parallax.model.plain import plain_line
from parallax.model.secret_text import without_passwords
from parallax.model.target import Target
from parallax.targets.checks import check, is_unknown_key
from parallax.targets.yaml_lines import (
    MOST_VALUES,
    Location,
    Place,
    Problem,
    TooLargeError,
    YamlLines,
)
from parallax.targets.yaml_problem import yaml_problem

VARIABLE = "PARALLAX_TARGETS"
DEFAULT = "targets.yaml"
LARGEST = 4 * 1024**2
"""Bytes of a file. A ConfigMap has 1 MiB; 1,000 targets have half of that."""


class TargetsError(ValueError):
    """The targets file cannot be used; the text names every problem, one per line.

    No line contains a secret or a character that controls a terminal: keys and values
    of the file are repeated without them.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(plain_line(without_passwords(t)) for t in lines))


def find() -> Path:
    """Return the targets file: `$PARALLAX_TARGETS`, else `targets.yaml`.

    A bare file name is searched in the working directory, then in every directory
    of `sys.path`: a Lambda layer adds its `python/` there.
    """
    configured = Path(os.environ.get(VARIABLE) or DEFAULT)
    if len(configured.parts) > 1:
        return configured
    for folder in (".", *sys.path):
        path = Path(folder) / configured
        if path.is_file():
            return path
    raise TargetsError(
        f"{configured}: not found in the working directory or in sys.path; "
        f"create it, or set {VARIABLE} to the path of the file"
    )


def load(path: Path, *, disabled: bool = False) -> tuple[Target, ...]:
    """Read and check a targets file; raises `TargetsError` with all problems.

    Targets with `enabled: false` are left out, unless `disabled` asks for them. A file
    that did not change is read once in a process.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise TargetsError(f"{path}: cannot be read: {error.strerror}") from error
    state = path, status.st_mtime_ns, status.st_size
    return _read(*state) if disabled else _enabled(*state)


def load_known(path: Path) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """Read a file that a newer version may have written; return what is not known.

    An agent is often older than the targets file. It uses the keys that it knows. Its
    probes have the digest of the rule that it knows, so nobody is misled. Raises
    `TargetsError` for every other problem.
    """
    lines = _lines(path, _text(path))
    targets, problems = check(lines)
    if wrong := [one for one in problems if not is_unknown_key(one)]:
        raise TargetsError(*_texts(path, lines, wrong))
    unknown = TargetsError(*_texts(path, lines, problems))
    enabled = tuple(one for one in targets if one.enabled)
    return enabled, tuple(f"{unknown}".splitlines())


@lru_cache(maxsize=1)
def _enabled(path: Path, changed_at: int, size: int) -> tuple[Target, ...]:
    """Return the enabled targets of a file in this state, the same tuple each time."""
    return tuple(one for one in _read(path, changed_at, size) if one.enabled)


@lru_cache(maxsize=1)
def _read(path: Path, _changed_at: int, _size: int, /) -> tuple[Target, ...]:
    """Read and check a file in this state."""
    lines = _lines(path, _text(path))
    targets, problems = check(lines)
    if problems:
        raise TargetsError(*_texts(path, lines, problems))
    return targets


def _texts(path: Path, lines: YamlLines, problems: list[Problem]) -> Iterator[str]:
    """Yield one line for each problem, in the order of the file."""
    located = [(lines.place(at), text, at) for at, text in problems]
    # Where a merged value is wrong, each target that has it is.
    first = {(place, text): at for place, text, at in reversed(located)}
    for ((line, column), text), at in sorted(first.items(), key=_order):
        yield f"{path}:{line}:{column}: {_field(at)}{text}"


def _order(item: tuple[tuple[Place, str], Location]) -> tuple[Place, str]:
    return item[0]


def _text(path: Path) -> str:
    """Return the file's text, without a byte order mark."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise TargetsError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise TargetsError(f"{path}: expected at most {LARGEST // 1024**2} MiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        text = f"expected UTF-8 text: {error.reason} (0x{content[error.start]:02x})"
        raise TargetsError(f"{path}:{line}:{column}: {text}") from error


def _lines(path: Path, text: str) -> YamlLines:
    """Return the file's content with the place of each value."""
    try:
        return YamlLines(text)
    except yaml.YAMLError as error:
        (line, column), reason = yaml_problem(text, error)
        where = f"{path}:{line}:{column}"
        raise TargetsError(f"{where}: expected YAML: {reason}") from error
    except RecursionError as error:
        raise TargetsError(f"{path}:1:1: expected YAML without loops") from error
    except TooLargeError as error:
        wanted = f"expected at most {MOST_VALUES} values, each alias counted in full"
        raise TargetsError(f"{path}:1:1: {wanted}") from error


def _field(location: Location) -> str:
    """Return a location as people write it: `targets[0].url: `."""
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in location)
    return f"{text.removeprefix('.')}: " if text else ""
