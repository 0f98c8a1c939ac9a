"""Find: the offenders of a set of files.

In: paths, and the rules. Out: offenders: path, line, what is there, what to write.
It does not: decide which files are checked.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tools.prose import rules, texts


class Offender(NamedTuple):
    """One place that breaks a rule."""

    path: Path
    line: int
    text: str
    advice: str

    def __str__(self) -> str:
        """Return one line, as compilers write it."""
        return f"{self.path}:{self.line}: {self.text!r}: {self.advice}"


def find(paths: Iterable[Path]) -> Iterator[Offender]:
    """Yield every phrase and name that must not come back."""
    phrases, names = rules.phrases(), rules.names()
    for path in paths:
        for line, text in texts.texts(path):
            yield from _phrases(path, line, text, phrases)
        if path.suffix == ".py" and path.stem == path.parent.name:
            advice = "the module repeats the name of its package; use what it holds"
            yield Offender(path, 1, path.name, advice)
        if path.suffix == ".py":
            for line, name in texts.names(path):
                if name in names:
                    yield Offender(path, line, name, f"use {names[name]}")


def _phrases(
    path: Path, line: int, text: str, phrases: list[rules.Rule]
) -> Iterator[Offender]:
    for rule in phrases:
        for match in rule.pattern.finditer(text):
            at = line + text.count("\n", 0, match.start())
            words = " ".join(match[0].split())
            yield Offender(path, at, words, f"use {rule.replacement}")
