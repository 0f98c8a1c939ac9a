"""Command line: `python -m bench.accuracy --working | --holdout | --show ID`.

In: which cases. Out: figures on the terminal; with --holdout docs/accuracy.md too.
Exit code 1 if a figure misses its limit. It does not: change a cause.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.accuracy import gates
from bench.accuracy.cases import Case, case_of, cases
from bench.accuracy.figures import figures
from bench.accuracy.recorded import recorded
from bench.accuracy.report import page
from bench.accuracy.report_lines import judged
from bench.accuracy.score import Result, scored, snapshot_of
from parallax.model.snapshot import Snapshot
from parallax.model.wire import encode

PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


def main(arguments: Sequence[str]) -> int:
    """Run the bench that the arguments select."""
    asked = _parser().parse_args(arguments)
    if asked.show:
        return _show(asked.show, asked.save)
    parts = {"recorded": list(scored(recorded()))}
    working = asked.cases or gates.WORKING_CASES
    parts["working"] = list(scored(cases(gates.WORKING_SEED, working)))
    if asked.holdout:
        held = cases(gates.HOLDOUT_SEED, gates.HOLDOUT_CASES)
        parts["holdout"] = list(scored(held))
    text = page(parts)
    sys.stdout.write(text[text.index("## Figures") :])
    if asked.holdout:
        PAGE.write_text(text, encoding="utf-8")
    broken = [line for name, part in parts.items() for line in broken_gates(name, part)]
    sys.stdout.writelines(f"gate: {line}\n" for line in broken)
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy")
    parser.add_argument("--working", action="store_true", help="the default")
    parser.add_argument(
        "--holdout", action="store_true", help="also the held-out half of the cases"
    )
    parser.add_argument("--cases", type=int, help="number of working cases")
    parser.add_argument("--show", metavar="ID", help="print one case and its judgement")
    parser.add_argument(
        "--save", metavar="FILE", help="with --show: write its snapshot"
    )
    return parser


def broken_gates(name: str, results: Sequence[Result]) -> list[str]:
    """Return one line for each limit that a part misses."""
    found = figures(results)
    limits = (
        ("class where named", found.blamed.value, gates.CLASS_NAMED, True),
        ("class right", found.class_.value, gates.CLASS_RIGHT, True),
        ("cause right", found.cause.value, gates.CAUSE_RIGHT, True),
        ("wrong blames", found.wrong.value, gates.WRONG_BLAMES, False),
        ("abstentions", found.abstained.value, gates.ABSTENTIONS, False),
    )
    return [
        f"{name}: {what} {value:.3f}, expected {'>=' if least else '<='} {limit}"
        for what, value, limit, least in limits
        if (value < limit if least else value > limit)
    ]


def _show(case_id: str, save: str | None) -> int:
    snapshot = _snapshot(case_id)
    if save:
        text = json.dumps({"snapshot": encode(snapshot)}, indent=1)
        Path(save).write_text(text, encoding="utf-8")
    sys.stdout.writelines(f"{line}\n" for line in judged(snapshot))
    return 0


def _snapshot(case_id: str) -> Snapshot:
    for one in recorded():
        if one.id == case_id:
            return one.snapshot
    case: Case = case_of(case_id)
    label = case.label
    sys.stdout.write(
        f"case      {case.id}: {case.fault}, hidden: {case.hidden}\n"
        f"label     {sorted(label.accept)}, {label.evidence} {label.reason}\n"
    )
    return snapshot_of(case)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
