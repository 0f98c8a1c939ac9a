"""Command line: `python -m bench.worlds [--draws N] [--show DRAW | --write]`.

In: which worlds. Out: wrong, right and not established, for each world and in all.
Exit code 1 if a wrong cause was named. It does not: change a cause.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.accuracy.report_lines import judged
from bench.worlds.reports import WORLDS
from bench.worlds.run import run
from bench.worlds.table import page
from bench.worlds.world import DRAWS, draw_of
from parallax.model.wire import encode

PAGE = Path(__file__).parents[2] / "docs" / "accuracy-worlds.md"


def main(arguments: Sequence[str]) -> int:
    """Run the worlds that the arguments select."""
    asked = _parser().parse_args(arguments)
    if asked.show:
        return _show(asked.show, asked.save)
    chosen = [w for w in WORLDS if asked.only in w.id]
    tallies = list(run(chosen, asked.draws))
    text = page(tallies)
    sys.stdout.write(text[text.index("## Figures") :])
    if asked.write:
        PAGE.write_text(text, encoding="utf-8")
    for tally in tallies:
        for draw in tally.wrong_draws:
            sys.stdout.write(f"wrong: python -m bench.worlds --show {draw}\n")
    return 1 if any(t.wrong for t in tallies) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.worlds")
    parser.add_argument("--draws", type=int, default=DRAWS, help="draws of each world")
    parser.add_argument("--only", default="", help="worlds with this in their id")
    parser.add_argument("--write", action="store_true", help="write the page in docs")
    parser.add_argument("--show", metavar="DRAW", help="print one draw's judgement")
    parser.add_argument(
        "--save", metavar="FILE", help="with --show: write its snapshot"
    )
    return parser


def _show(name: str, save: str | None) -> int:
    world, snapshot = draw_of(WORLDS, name)
    if save:
        text = json.dumps({"snapshot": encode(snapshot)}, indent=1)
        Path(save).write_text(text, encoding="utf-8")
    sys.stdout.write(
        f"draw      {name}: {world.source}\n"
        f"true      {world.true}\n"
        f"accepted  {sorted(world.accept) or '-'}, named: {world.named}\n"
    )
    sys.stdout.writelines(f"{line}\n" for line in judged(snapshot))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
