"""Verdicts: every judgement of many cases, saved, and compared with later ones.

`python -m bench.accuracy.verdicts save FILE [--cases N] [--seed SEED]`
`python -m bench.accuracy.verdicts compare FILE`

In: the recorded runs and drawn cases. Out: with `save` a file of one judgement a line;
with `compare` what differs from it, and exit code 1 if anything does. For changes of
the code that are not meant to change a judgement. A cause that is new adds its own
answer to each judgement: only a judgement that names it differs.
It does not: say which judgement is right; `python -m bench.accuracy` does.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.accuracy.cases import case_of, cases
from bench.accuracy.recorded import recorded
from bench.accuracy.score import snapshot_of
from parallax.diagnose.judge import judge
from parallax.model.wire import encode

SEED, CASES = "verdicts", 1000

type Verdict = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Save the judgements of the code as it is, or compare them with saved ones."""
    asked = _parser().parse_args(arguments)
    file = Path(asked.file)
    if asked.what == "save":
        found = verdicts(asked.seed, asked.cases)
        lines = (f"{json.dumps(pair)}\n" for pair in found)
        file.write_text("".join(lines), encoding="utf-8")
        return 0
    saved = dict(map(json.loads, file.read_text(encoding="utf-8").splitlines()))
    changes = [
        line for name, new in _again(saved) for line in differences(saved[name], new)
    ]
    sys.stdout.writelines(f"{line}\n" for line in changes)
    return 1 if changes else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.verdicts")
    parser.add_argument("what", choices=("save", "compare"))
    parser.add_argument("file")
    parser.add_argument(
        "--cases", type=int, default=CASES, help="with save: how many are drawn"
    )
    parser.add_argument(
        "--seed", default=SEED, help="with save: the drawn cases follow from it"
    )
    return parser


def verdicts(seed: str, count: int) -> Iterator[tuple[str, Verdict]]:
    """Yield the id and the judgement, as JSON has it, of recorded and drawn cases."""
    for run in recorded():
        yield run.id, _plain(run.id, judge(run.snapshot))
    for case in cases(seed, count):
        yield case.id, _plain(case.id, judge(snapshot_of(case)))


def _again(saved: Iterable[str]) -> Iterator[tuple[str, Verdict]]:
    """Yield the judgements of the cases that were saved, and of no other."""
    runs = {run.id: run.snapshot for run in recorded()}
    for name in saved:
        try:
            snapshot = runs[name] if name in runs else snapshot_of(case_of(name))
        except ValueError:
            continue  # the table of faults has it no more
        yield name, _plain(name, judge(snapshot))


def _plain(name: str, judgement: object) -> Verdict:
    return json.loads(json.dumps({"id": name} | encode(judgement)))


def differences(old: Verdict, new: Verdict) -> Iterator[str]:
    """Yield one line for each field, and each cause's assessment, that differs."""
    for key in sorted(old | new):
        if key != "assessments" and old.get(key) != new.get(key):
            yield f"{new['id']} {key}: {old.get(key)} -> {new.get(key)}"
    before = {a["cause"]: a for a in old["assessments"]}
    after = {a["cause"]: a for a in new["assessments"]}
    for cause in sorted(before):
        if before[cause] != after.get(cause):
            yield f"{new['id']} {cause}: {before[cause]} -> {after.get(cause)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
