"""Command line: `python -m bench.public_data DATA`, which `make bench-strangers` runs.

In: the path of a clone of a known data set. Out: figures on the terminal, progress on
standard error, and the data set's section of docs/accuracy-public-data.md. Exit code 2
if DATA is not such a clone, 1 if a cause is named that a label does not allow.
It does not: fetch a data set.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.public_data import holmes, opsbench, page
from bench.public_data.case import Case
from bench.public_data.clone import Clone, DataError
from bench.public_data.equivalences import Match, table
from bench.public_data.score import Results, scored

PAGE = Path(__file__).parents[2] / "docs" / "accuracy-public-data.md"
STEP = 25
"""Cases between two lines of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A known data set: where its cases are, and how they are read."""

    name: str
    source: str
    folder: str
    equivalences: str
    about: str
    remarks: str = ""
    count: Callable[[Clone], int]
    cases: Callable[[Clone], Iterator[Case]]


KNOWN = (
    DataSet(
        name=opsbench.NAME,
        source=opsbench.SOURCE,
        folder=opsbench.FOLDER,
        equivalences="cloud-opsbench",
        about=opsbench.ABOUT,
        remarks=opsbench.REMARKS,
        count=opsbench.count,
        cases=opsbench.cases,
    ),
    DataSet(
        name=holmes.NAME,
        source=holmes.SOURCE,
        folder=holmes.FOLDER,
        equivalences="holmesgpt",
        about=holmes.ABOUT,
        count=holmes.count,
        cases=holmes.cases,
    ),
)


def main(arguments: Sequence[str]) -> int:
    """Judge the data set that the argument names."""
    parser = argparse.ArgumentParser(prog="python -m bench.public_data")
    parser.add_argument("data", nargs="?", metavar="DATA", help="path of the clone")
    parser.add_argument("--no-page", action="store_true", help="do not write docs/")
    asked = parser.parse_args(arguments)
    try:
        with closing(_clone(asked.data)) as clone:
            return _measure(clone, data_set(clone), write=not asked.no_page)
    except DataError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


def _clone(data: str | None) -> Clone:
    if not data:
        raise DataError(f"DATA is missing; expected a clone of {_sources()}")
    return Clone(Path(data))


def data_set(clone: Clone) -> DataSet:
    """Return which data set a clone holds; raises `DataError` if it is none."""
    for known in KNOWN:
        if known.count(clone):
            return known
    raise DataError(f"DATA={clone.folder}: no known data set; expected {_sources()}")


def _sources() -> str:
    return " or ".join(known.source for known in KNOWN)


def _measure(clone: Clone, known: DataSet, *, write: bool) -> int:
    number = known.count(clone)
    equivalences = table(known.equivalences)

    def progress(done: int) -> None:
        if done % STEP == 0 or done == number:
            sys.stderr.write(f"{known.name}: {done} of {number} cases\n")

    results = scored(known.cases(clone), equivalences, progress)
    about = (
        f"[{known.name}]({known.source}) at commit `{clone.commit[:12]}` of"
        f" {clone.date}, measured on {datetime.now(UTC).date()}.\n{known.about}"
    )
    text = page.section(known.name, about, results, equivalences) + known.remarks
    sys.stdout.write(text + "\n" + "".join(_wrong(results)))
    if write:
        before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        PAGE.write_text(page.page(before, known.name, text), encoding="utf-8")
    return 1 if results.count(Match.WRONG) else 0


def _wrong(results: Results) -> Iterator[str]:
    for result in results.judged:
        if result.match in {Match.WRONG, Match.ABSTAINED}:
            yield f"{result.match}: {result.id} ({result.label}): {result.cause}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
