"""Mutants: the names of a tree's mutants, a sample of them, and what became of them.

In: a tree. Out: names, seeded samples, results, differences.
It does not: run tests. It imports mutmut late: only `make mutation` installs it.
"""

import json
import random
import re
from collections import Counter
from contextlib import chdir
from pathlib import Path

KILLED, TIMEOUT, UNTESTED = "killed", "timeout", "not checked"


def names(folder: Path, patterns: tuple[str, ...]) -> list[str]:
    """Return the names of all mutants, as mutmut numbers them, in order."""
    from mutmut.mutation.file_mutation import mutate_file_contents  # noqa: PLC0415  # pyright: ignore[reportMissingImports] - see above
    from mutmut.utils.format_utils import get_mutant_name  # noqa: PLC0415  # pyright: ignore[reportMissingImports] - see above

    if kept := _codes(folder):
        return sorted(kept)
    found: list[str] = []
    with chdir(folder):  # where mutmut finds its settings
        for path in sorted(one for p in patterns for one in Path().glob(p)):
            if path.suffix == ".py":
                made = mutate_file_contents(str(path), path.read_text())
                found += [get_mutant_name(path, name) for name in made.mutant_names]
    return sorted(found)


def sample(found: list[str], size: int, seed: int) -> list[str]:
    """Return so many of the names, spread over all modules; 0: all of them."""
    if not size or size >= len(found):
        return found
    shuffled = found[:]
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - chance is seeded on purpose
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, int, str]] = []
    for place, name in enumerate(shuffled):
        module = name.rpartition(".")[0]
        ranked.append((seen[module], place, name))
        seen[module] += 1
    return [name for _, _, name in sorted(ranked)[:size]]


def reported(text: str) -> list[str]:
    """Return the names of the mutants in a report."""
    words = (line.split() for line in text.splitlines())
    return [w[-1] for w in words if w and "__mutmut_" in w[-1] and w[0][-1] == ":"]


def results(folder: Path, chosen: list[str]) -> dict[str, str]:
    """Return what became of each chosen mutant, in mutmut's words."""
    from mutmut.stats import status_by_exit_code  # noqa: PLC0415  # pyright: ignore[reportMissingImports] - see above

    codes = _codes(folder)
    return {name: status_by_exit_code[codes.get(name)] for name in chosen}


def _codes(folder: Path) -> dict[str, int | None]:
    """Return mutmut's exit code of each mutant that it has made; None: not run."""
    codes: dict[str, int | None] = {}
    for path in (folder / "mutants/parallax").rglob("*.meta"):
        codes |= json.loads(path.read_text())["exit_code_by_key"]
    return codes


def is_wording(changed: list[str]) -> bool:
    """Say whether a mutant changes only the letters of a sentence.

    mutmut puts `XX` around a text, or changes its case. A text with a space is for
    people: `tools/prose` and the handbook check it, not a test of behavior.
    """
    old, new = (
        "".join(line[1:].strip() for line in changed if line[0] == sign)
        for sign in "-+"
    )
    same = old.lower() == new.lower().replace("xx", "")
    return same and re.search(r"""["'][^"']* [^"']*["']""", old) is not None


def difference(folder: Path, name: str) -> list[str]:
    """Return the lines that a mutant removes and adds, with `-` or `+` before them."""
    from mutmut.mutation.diff_apply import get_diff_for_mutant  # noqa: PLC0415  # pyright: ignore[reportMissingImports] - see above

    with chdir(folder):
        lines = get_diff_for_mutant(name).splitlines()
    changed = [line for line in lines if line[:1] in {"-", "+"}]
    return [line for line in changed if line[:3] not in {"---", "+++"}]
