"""Guided: inputs that coverage chooses, by atheris (libFuzzer).

In: on standard input a JSON list of entries' names, each with libFuzzer's options, a
folder with a corpus, and a file for its log. Out: the exit status of each, one a line.
It does not: fuzz in its own process, since libFuzzer ends the process: each entry gets
a fork. So the packages are instrumented once and not for each entry.

libFuzzer changes bytes. For JSON our own mutator changes the inputs instead, so that an
entry whose inputs keep their types gets no other ones.
"""

import contextlib
import json
import os
import sys
from random import Random
from typing import Any, cast

import atheris

from fuzz.entry import Entry, Kind
from fuzz.mutate import mutated

FUZZER = cast("Any", atheris)  # it has no types

with FUZZER.instrument_imports(include=["parallax", "parallax_agent"]):
    from fuzz.entries import ENTRIES


def main() -> None:
    """Run `python -m fuzz.guided` with the plan on standard input."""
    for name, options, log in json.load(sys.stdin):
        child = os.fork()
        if not child:
            _fuzz(ENTRIES[name], options, log)
        _, status = os.waitpid(child, 0)
        print(name, os.waitstatus_to_exitcode(status), flush=True)


def _fuzz(entry: Entry, options: list[str], log: str) -> None:
    """Fuzz one entry; never returns."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(file, 1)
    os.dup2(file, 2)
    seeds = list(entry.seeds())
    typed = entry.kind is Kind.TYPED

    def take(data: bytes) -> None:
        if typed and not _is_json(data):  # libFuzzer begins with nothing
            return
        with contextlib.suppress(*entry.allowed):
            entry.call(data)

    def change(data: bytes, most: int, number: int) -> bytes:
        known = [bytes(data)] if data else seeds
        try:
            found = mutated(Random(number), known, entry.kind)  # noqa: S311 - repeatable
        except (ValueError, TypeError, RecursionError):  # no longer a JSON document
            found = mutated(Random(number), seeds, entry.kind)  # noqa: S311 - the same
        return found if len(found) <= most else known[0]

    own = {} if entry.kind is Kind.BYTES else {"custom_mutator": change}
    FUZZER.Setup(["fuzz", *options], take, **own)
    FUZZER.Fuzz()


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


if __name__ == "__main__":
    main()
