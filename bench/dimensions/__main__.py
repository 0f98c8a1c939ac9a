"""Command line: `python -m bench.dimensions [--draws N] [--write | --show ID]`.

With `--pairs N` it only measures so many pairs.
In: how many draws. Out: accuracy by topology, by change, and of pairs.
Exit code 1 if a wrong cause was named. It does not: change a cause.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.accuracy.platform.shapes import SHAPES
from bench.accuracy.report_lines import judged
from bench.dimensions import topologies as rows
from bench.dimensions.ablation import ablation
from bench.dimensions.drawn import Drawn
from bench.dimensions.page import page, pairs_text
from bench.dimensions.pairs import PAIRS, pair_of, pairs
from faults import INJECTIONS
from parallax.model.wire import encode

PAGE = Path(__file__).parents[2] / "docs" / "accuracy-topologies.md"


def main(arguments: Sequence[str]) -> int:
    """Measure the dimensions."""
    asked = _parser().parse_args(arguments)
    if asked.show:
        return _show(asked.show, asked.save)
    if asked.pairs:
        sys.stdout.write(pairs_text(list(pairs(asked.pairs))))
        return 0
    found = list(rows.topologies(asked.draws))
    changed = list(ablation(max(1, asked.draws - 1)))
    text = page(found, changed, list(pairs(PAIRS)))
    sys.stdout.write(text[text.index("## Topologies") :])
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    return 1 if any(t.wrong for t in (*found, *changed)) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.dimensions")
    parser.add_argument("--draws", type=int, default=rows.DRAWS)
    parser.add_argument("--write", action="store_true", help="write the page in docs")
    parser.add_argument("--pairs", type=int, help="only so many pairs")
    parser.add_argument(
        "--show", metavar="ID", help="print one case: SHAPE/FAULT/NUMBER or pair/NUMBER"
    )
    parser.add_argument(
        "--save", metavar="FILE", help="with --show: write its snapshot"
    )
    return parser


def _show(name: str, save: str | None) -> int:
    case = _case(name)
    if case is None:
        sys.stdout.write(f"{name}: no such case\n")
        return 1
    if save:
        text = json.dumps({"snapshot": encode(case.snapshot)}, indent=1)
        Path(save).write_text(text, encoding="utf-8")
    accepted = ", ".join(sorted(case.label.accept))
    sys.stdout.write(f"true      {case.label.cause}; accepted {accepted}\n")
    sys.stdout.writelines(f"{line}\n" for line in judged(case.snapshot))
    return 0


def _case(name: str) -> Drawn | None:
    first, _, rest = name.partition("/")
    if first == "pair":
        return pair_of(name)
    fault, _, number = rest.rpartition("/")
    shape = next(s for s in (*SHAPES, rows.TRAEFIK_PROXY) if s.id == first)
    known = INJECTIONS.get(fault, rows.TO_TRAEFIK)
    return rows.case_of(shape, known, number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
