"""Check texts: `python -m tools.prose CHECK [--pending]`.

CHECK is phrases, sentences, links, subjects, or files.

In: the files that git tracks. Out: the offenders, and status 1 if there is one;
`files` lists what is checked, for codespell.
With `--pending` the directories of pending.txt are checked too.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tools.prose.files import tracked
from tools.prose.find import Offender, find
from tools.prose.links import broken_links
from tools.prose.sentences import LIMIT, long_sentences
from tools.prose.subjects import problems

GENERATED = {Path("docs/causes.md")}
"""Its sentences are docstrings of the causes, which cite files of other projects."""


def sentences(paths: list[Path]) -> Iterator[Offender]:
    """Yield the sentences of the Markdown pages that are too long."""
    for path in paths:
        if path.suffix == ".md" and path not in GENERATED:
            for line, text in long_sentences(path.read_text()):
                yield Offender(path, line, text, f"use at most {LIMIT} words")


def links(paths: list[Path]) -> Iterator[Offender]:
    """Yield the references of the Markdown pages that lead to nothing."""
    for path in paths:
        if path.suffix == ".md" and path not in GENERATED:
            for line, text in broken_links(path):
                yield Offender(path, line, text, "this does not exist")


CHECKS: dict[str, Callable[[list[Path]], Iterable[object]]] = {
    "phrases": find,
    "sentences": sentences,
    "links": links,
    "subjects": lambda _: problems(),
}


def main(arguments: list[str]) -> int:
    """Print the offenders of the check that is named first."""
    check, *options = arguments
    paths = tracked(pending="--pending" in options)
    if check == "files":
        print(*paths, sep="\n")  # noqa: T201 - a command's output
        return 0
    wrong = [str(offender) for offender in CHECKS[check](paths)]
    for line in wrong:
        print(line)  # noqa: T201 - a command's output
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
